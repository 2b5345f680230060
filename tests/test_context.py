import numpy as np
import pytest

from pipeline.context import channels, reach, widen


def picture(bands=3, shape=(90, 110), seed=0):
    return np.random.default_rng(seed).uniform(size=(bands, *shape)).astype(np.float32)


@pytest.mark.parametrize("bands", [1, 3, 5])
@pytest.mark.parametrize("widths", [(), (2.0,), (1.0, 4.0)])
def test_channels(bands, widths):
    image = picture(bands)
    wide = widen(image, np.ones(image.shape[1:], dtype=bool), widths)
    assert wide.shape == (channels(bands, widths), *image.shape[1:])
    assert wide.dtype == np.float32
    assert np.array_equal(wide[:bands], image)


@pytest.mark.parametrize("widths", [(1.0,), (2.5,), (4.0,)])
def test_beyond_its_reach_a_cut_changes_no_bit(widths):
    image = picture()
    whole = widen(image, np.ones((90, 110), dtype=bool), widths)
    rows, columns = slice(7, 80), slice(12, 101)
    part = widen(image[:, rows, columns], np.ones((73, 89), dtype=bool), widths)
    rim = reach(widths)
    inner = slice(rim, -rim)
    assert np.array_equal(part[:, inner, inner], whole[:, rows, columns][:, inner, inner])
    nearer = slice(rim - 2, -(rim - 2))
    assert not np.array_equal(part[:, nearer, nearer], whole[:, rows, columns][:, nearer, nearer])


def test_what_is_outside_does_not_matter_and_stays_0():
    image, valid = picture(), np.ones((90, 110), dtype=bool)
    valid[20:40, 30:70] = False
    other = np.where(valid, image, np.float32(9))
    first, second = widen(np.where(valid, image, 0), valid, (3.0,)), widen(other, valid, (3.0,))
    assert np.allclose(first[3:, valid], second[3:, valid], atol=1e-6)
    assert not first[3:, ~valid].any()


def test_a_rough_ground_is_known_from_a_smooth_one_of_its_mean():
    image = np.full((3, 64, 64), 0.5, dtype=np.float32)
    image[:, :, 32:] += np.where(np.indices((64, 32)).sum(0) // 2 % 2, 0.2, -0.2).astype(np.float32)
    texture = widen(image, np.ones((64, 64), dtype=bool), (4.0,))[-1]
    smooth, rough = texture[:, :12], texture[:, 52:]
    assert smooth.max() == 0
    assert rough.min() > 0.5


def test_a_gap_is_felt_as_far_as_the_reach_and_no_further():
    image, valid = picture(), np.ones((90, 110), dtype=bool)
    whole = widen(image, valid, (2.0,))
    valid[45, 50] = False
    cut = widen(np.where(valid, image, 0), valid, (2.0,))
    far = np.max(np.abs(np.indices(valid.shape) - np.reshape((45, 50), (2, 1, 1))), axis=0) > reach((2.0,))
    assert np.array_equal(cut[:, far], whole[:, far])
    assert not np.array_equal(cut, whole)
