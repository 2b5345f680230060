import pickle

import numpy as np
import pytest

from pipeline.config import InputConfig
from pipeline.image import scale
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling, measure_scaling
from pipeline.raster.source import read, read_scaled

DEFAULTS = InputConfig()


def measure(path, config=DEFAULTS, seed=0):
    return measure_scaling([open_source(path, config)], config, seed)


def test_8_bit_data_have_a_fixed_range(make_raster, ramp):
    assert measure(make_raster(ramp() // 3)) == Scaling((0.0,) * 3, (255.0,) * 3)
    assert measure(make_raster(ramp(1) % 4, "bits.tif", nbits=2)) == Scaling((0.0,), (3.0,))
    palette = {index: (index, 0, 0, 255) for index in range(256)}
    assert measure(make_raster(ramp(1), "palette.tif", palette=palette)) == Scaling((0.0,) * 3, (255.0,) * 3)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int16", "uint32", "int64", "uint64", "float32", "float64"])
def test_others_have_their_percentiles(make_raster, dtype):
    pixels = np.random.default_rng(0).integers(-100, 101, (2, 100, 110)).astype("int16")
    pixels[1] //= 2
    if dtype.startswith("u"):
        pixels += 100
    scaling = measure(make_raster(pixels.astype(dtype)), InputConfig(percentiles=(5, 80)))
    for band, low, high in zip(pixels, scaling.low, scaling.high, strict=True):
        assert [low, high] == np.percentile(band, (5, 80), method="nearest").tolist()
    assert pickle.loads(pickle.dumps(scaling)) == scaling  # noqa: S301 - our own


def test_pixels_outside_do_not_count(make_raster, ramp):
    pixels = ramp(1, dtype="float32") / 250
    pixels[0, ::2], pixels[0, 1, 1] = -9999, np.nan
    scaling = measure(make_raster(pixels, nodata=-9999), InputConfig(percentiles=(0, 100)))
    inside = pixels[(pixels != -9999) & np.isfinite(pixels)]
    assert (scaling.low[0], scaling.high[0]) == (inside.min(), inside.max())


def test_a_sample_of_a_large_scene_is_near_the_whole(make_raster):
    scene = np.add.outer(np.arange(1500), np.arange(1400)).astype(np.uint16)[None]
    config = InputConfig(windows=40)
    path = make_raster(scene, compress="deflate")
    scaling = measure(path, config)
    low, high = np.percentile(scene, (1, 99))
    assert scaling.low[0] == pytest.approx(low, abs=150)
    assert scaling.high[0] == pytest.approx(high, abs=150)
    assert measure(path, config) == scaling
    assert measure(path, config, seed=1) != scaling


def test_many_bands_are_thinned_evenly(make_raster, monkeypatch):
    monkeypatch.setattr("pipeline.raster.scaling._VALUES", 2000)
    pixels = np.random.default_rng(0).integers(0, 10000, (5, 200, 200)).astype(np.uint16)
    scaling = measure(make_raster(pixels, photometric="minisblack"), InputConfig(bands=(1, 2, 3, 4, 5), windows=4))
    assert scaling.low == pytest.approx((100,) * 5, abs=200)
    assert scaling.high == pytest.approx((9900,) * 5, abs=200)


def test_a_band_of_nearly_one_value_is_stretched_over_what_there_is(make_raster):
    pixels = np.full((1, 100, 100), 7, dtype=np.uint16)
    pixels[0, 5, 5], pixels[0, 6, 6] = 3, 5000
    assert measure(make_raster(pixels)) == Scaling((3.0,), (5000.0,))


@pytest.mark.parametrize("value", [0, 7, -1e30, 1e149])
def test_a_constant_band_becomes_zero(make_raster, value):
    source = open_source(make_raster(np.full((1, 10, 10), value)), DEFAULTS)
    image, valid = read_scaled(source, measure_scaling([source], DEFAULTS, 0), source.spec.scene)
    assert valid.all()
    assert not image.any()


def test_a_scene_without_valid_pixels_has_some_scaling(make_raster):
    path = make_raster(np.zeros((2, 10, 10), dtype=np.uint16), nodata=0)
    assert measure(path) == Scaling((0.0, 0.0), (1.0, 1.0))


def test_the_ends_of_float64_do_not_overflow(make_raster):
    largest = np.finfo(np.float64).max
    source = open_source(make_raster(np.array([[[-largest, 0, largest]]])), DEFAULTS)
    scaling = measure_scaling([source], DEFAULTS, 0)
    assert np.isfinite([*scaling.low, *scaling.high]).all()
    raw, valid = read(source, source.spec.scene)
    assert np.isfinite(scale(raw, valid, scaling.low, scaling.high)).all()
