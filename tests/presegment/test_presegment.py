"""What holds for every method."""

from importlib import import_module
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import label

from pipeline.config import FelzenszwalbConfig, PresegmentConfig, SlicConfig, WatershedConfig
from pipeline.presegment import presegment

CLASSES = get_args(get_args(PresegmentConfig)[0])
SMALL = {"felzenszwalb": {"min_size": 4}, "slic": {"n_segments": 50000}, "watershed": {"n_segments": 50000}}
METHODS = [kind(**SMALL.get(kind().method, {})) for kind in CLASSES]
every_method = pytest.mark.parametrize("config", METHODS, ids=lambda config: config.method)


def scene(bands, height, width, seed=0):
    """Make fields of different brightness with some noise."""
    rng = np.random.default_rng(seed)
    fields = rng.random((bands, height // 8 + 1, width // 8 + 1)).repeat(8, axis=1).repeat(8, axis=2)
    noisy = fields[:, :height, :width] * 0.8 + rng.random((bands, height, width)) * 0.2
    return noisy.astype(np.float32)


def assert_is_sound(segments, valid):
    assert segments.dtype == np.int32
    assert np.array_equal(segments > 0, valid)
    numbers, first = np.unique(segments[valid], return_index=True)
    assert np.array_equal(numbers, np.arange(1, len(numbers) + 1))
    assert (np.diff(first) > 0).all()
    for number in numbers:
        assert label(segments == number, np.ones((3, 3)))[1] == 1


def test_every_method_of_the_configuration_has_a_module():
    assert {FelzenszwalbConfig, SlicConfig, WatershedConfig} <= set(CLASSES)
    for kind in CLASSES:
        assert callable(import_module(f"pipeline.presegment.{kind().method}").segment)


@every_method
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_segments_are_sound(config, data):
    shape = data.draw(hnp.array_shapes(min_dims=3, max_dims=3, max_side=14))
    valid = data.draw(hnp.arrays(bool, shape[1:]) | st.just(np.ones(shape[1:], bool)))
    image = scene(*shape, seed=data.draw(st.integers(0, 99)))
    image[:, ~valid] = np.nan
    image.flags.writeable = valid.flags.writeable = False
    assert_is_sound(presegment(image, valid, config), valid)


@every_method
@pytest.mark.parametrize("bands", [1, 2, 3, 4, 7])
def test_any_number_of_bands_with_scattered_and_solid_nodata(config, bands):
    image = scene(bands, 60, 70)
    valid = np.random.default_rng(1).random((60, 70)) > 0.02
    valid[:20, 30:] = False
    valid[:, 50] = False
    segments = presegment(image, valid, config)
    assert_is_sound(segments, valid)
    assert not set(np.unique(segments[20:, :50])) & set(np.unique(segments[20:, 51:])) - {0}


@every_method
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (3, 50)])
@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_constant_images_of_any_size(config, shape, value):
    valid = np.ones(shape, bool)
    assert_is_sound(presegment(np.full((3, *shape), value, np.float32), valid, config), valid)


@every_method
def test_nothing_valid_is_nothing_segmented(config):
    segments = presegment(np.full((3, 8, 9), np.nan, np.float32), np.zeros((8, 9), bool), config)
    assert segments.dtype == np.int32
    assert segments.shape == (8, 9)
    assert not segments.any()


@every_method
def test_what_invalid_pixels_hold_changes_nothing(config):
    image = scene(3, 50, 50)
    valid = np.hypot(*(np.indices((50, 50)) - 25)) < 22
    valid[24:27, 10:30] = False
    other = np.where(valid, image, np.float32(np.inf))
    assert np.array_equal(presegment(image, valid, config), presegment(other, valid, config))


@every_method
def test_a_collar_of_nodata_changes_nothing(config):
    image = scene(3, 40, 50)
    wide = np.pad(image, [(0, 0), (30, 5), (7, 60)])
    valid = np.pad(np.ones((40, 50), bool), [(30, 5), (7, 60)])
    alone = presegment(image, np.ones((40, 50), bool), config, (30, 7))
    assert np.array_equal(presegment(wide, valid, config)[30:-5, 7:-60], alone)


@every_method
def test_segments_are_of_one_kind_of_land(config):
    truth = np.arange(48 * 48).reshape(48, 48) // (48 * 24) * 2 + np.arange(48)[None] // 24
    image = np.random.default_rng(0).normal(np.array([0.2, 0.4, 0.6, 0.8])[truth], 0.01)
    config = config.model_copy(update={"sigma": 0.0})
    segments = presegment(np.stack([image] * 3).astype(np.float32), np.ones((48, 48), bool), config)
    counts = np.zeros((segments.max() + 1, 4))
    np.add.at(counts, (segments, truth), 1)
    assert counts.max(axis=1).sum() > 0.93 * segments.size
    assert segments.max() >= 4


OTHER = {"iterations": 1, "sigma": 2.0, "min_size": 100}
SETTINGS = [(config, name) for config in METHODS for name in type(config).model_fields if name != "method"]


@pytest.mark.parametrize(("config", "setting"), SETTINGS, ids=lambda value: getattr(value, "method", value))
def test_every_setting_tells(config, setting):
    other = config.model_copy(update={setting: OTHER.get(setting, 700.0)})
    image, valid = scene(3, 64, 64), np.ones((64, 64), bool)
    assert (presegment(image, valid, config) != presegment(image, valid, other)).any()


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(3, 4, 5\) and \(5, 4\)"):
        presegment(np.zeros((3, 4, 5), np.float32), np.ones((5, 4), bool), FelzenszwalbConfig())


@every_method
def test_real_imagery_in_a_collar(config, shared):
    import rasterio

    with rasterio.open(shared / "scenes" / "banepa.tif") as source:
        raw = source.read([1, 2, 3], window=((500, 650), (500, 700)))
    y, x = np.indices(raw.shape[1:])
    valid = (x + y > 60) & (x - y < 150)
    assert_is_sound(presegment(raw.astype(np.float32) / 255, valid, config), valid)
