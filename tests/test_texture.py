import numpy as np
import pytest

from pipeline.image import gradient
from pipeline.texture import MEASURES, textures

SHAPE = (64, 80)
ALL = np.ones(SHAPE, dtype=bool)


def rows(distance, bands=3):
    """A pattern of rows; all have one mean and one contrast."""
    wave = 0.5 + 0.2 * np.cos(2 * np.pi * np.arange(SHAPE[0]) / distance)
    return np.repeat(np.repeat(wave[:, None], SHAPE[1], axis=1)[None], bands, axis=0).astype(np.float32)


@pytest.mark.parametrize("bands", [1, 3, 5])
def test_the_first_measure_is_the_gradient_and_even_ground_has_none(bands):
    image = np.random.default_rng(bands).random((bands, *SHAPE), dtype=np.float32)
    found = textures(image, ALL)
    assert found.shape == (MEASURES, *SHAPE)
    assert found.dtype == np.float32
    assert np.array_equal(found[0], gradient(image, ALL))
    even = textures(np.full((bands, *SHAPE), 0.4, np.float32), ALL)
    assert even == pytest.approx(0, abs=1e-6)


def test_grain_tells_rows_of_one_contrast_apart():
    fine, coarse = (textures(rows(distance), ALL).mean((1, 2))[1:] for distance in (5, 14))
    assert fine[0] > 2 * fine[1]
    assert coarse[1] > 2 * coarse[0]


def test_what_is_outside_does_not_matter():
    valid = ALL.copy()
    valid[20:40, 30:60] = False
    image = np.random.default_rng(1).random((3, *SHAPE), dtype=np.float32)
    found = textures(np.where(valid, image, np.float32(0)), valid)
    other = textures(np.where(valid, image, np.float32(7)), valid)
    assert np.allclose(found[:, valid], other[:, valid], atol=1e-6)
    assert not found[:, ~valid].any()
    assert not other[:, ~valid].any()
