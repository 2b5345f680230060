import numpy as np
import pytest

from pipeline.segmented import Segmented
from pipeline.texture import textures

SIDE = 32
SEGMENTS = np.kron(np.arange(16, dtype=np.int32).reshape(4, 4), np.ones((SIDE, SIDE), dtype=np.int32))


def test_features_are_means_over_segments_and_skip_outside():
    tones = np.random.default_rng(0).random(16).astype(np.float32)
    image = np.repeat(np.where(SEGMENTS > 0, tones[SEGMENTS], 0)[None], 2, axis=0)
    patch = Segmented(image, SEGMENTS)
    assert patch.features.shape == (15, 4)
    assert patch.areas.tolist() == [SIDE**2] * 15
    assert patch.features[:, 0] == pytest.approx(100 * tones[1:])


def test_outside_makes_no_texture():
    flat = np.where(SEGMENTS > 0, np.float32(0.7), np.float32(0))[None]
    assert Segmented(flat, SEGMENTS).features[:, 1:] == pytest.approx(0, abs=1e-3)


def test_what_is_asked_for_again_is_computed_once():
    image = np.random.default_rng(1).random((3, *SEGMENTS.shape), np.float32) * (SEGMENTS > 0)
    patch = Segmented(image, SEGMENTS)
    assert patch.textures is patch.textures
    assert patch.features is patch.features
    assert np.array_equal(patch.textures, textures(image, SEGMENTS > 0))


def test_segments_without_a_pixel_have_no_area_and_features_all_the_same():
    patch = Segmented(np.ones((1, 2, 2), np.float32), np.array([[1, 1], [3, 3]], np.int32))
    assert patch.areas.tolist() == [2, 0, 2]
    assert np.isfinite(patch.features).all()
