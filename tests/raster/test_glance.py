"""A whole scene made small."""

import tracemalloc

import numpy as np
import pytest
import rasterio

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.raster import glance
from pipeline.raster.glance import read_glance
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling, measure_scaling

BYTES = Scaling((0.0,) * 3, (255.0,) * 3)


def write(path, image, overviews=(), **profile):
    bands, rows, columns = image.shape
    profile = {
        "driver": "GTiff",
        "dtype": image.dtype.name,
        "tiled": True,
        "blockxsize": 64,
        "blockysize": 64,
        **profile,
    }
    with rasterio.open(path, "w", width=columns, height=rows, count=bands, **profile) as file:
        file.write(image)
        if overviews:
            file.build_overviews(overviews, rasterio.enums.Resampling.average)
    return open_source(path, InputConfig())


def ramp(rows, columns):
    """Draw an image whose red tells the row and whose green tells the column, in 255ths of the whole."""
    down, across = np.linspace(0, 255, rows), np.linspace(0, 255, columns)
    return np.stack(np.broadcast_arrays(down[:, None], across, np.full((rows, 1), 9))).astype(np.uint8)


def test_a_small_scene_is_itself(tmp_path):
    image = ramp(70, 90)
    picture = read_glance(write(tmp_path / "a.tif", image), BYTES, 90)
    assert np.array_equal(picture[..., :3], np.moveaxis(image, 0, -1))
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize("overviews", [(), (2, 4, 8)])
@pytest.mark.parametrize("values", [2**23, 700])
def test_places_stay_whatever_strips_and_overviews(tmp_path, monkeypatch, overviews, values):
    monkeypatch.setattr(glance, "_VALUES", values)
    picture = read_glance(write(tmp_path / "a.tif", ramp(999, 701), overviews), BYTES, 100)
    assert picture.shape == (100, 71, 4)
    step = 10 * 255 / 700
    expected = np.moveaxis(ramp(100, 71), 0, -1)
    assert np.abs(picture[..., :3].astype(int) - expected).max() <= 2 * step
    # The first rows of strips are no further off than others.
    assert np.diff(picture[:, 0, 0].astype(int)).max() <= 2 * step


def test_a_part_of_a_file_and_what_is_outside(tmp_path):
    image = np.maximum(ramp(300, 300), 1)
    image[:, 100:160, 50:] = 0
    path = tmp_path / "a.tif"
    write(path, image, nodata=0)
    source = open_source(path, InputConfig(), Box(100, 0, 220, 200))
    picture = read_glance(source, BYTES, 50)
    assert picture.shape == (30, 50, 4)
    valid = picture[..., 3] > 0
    assert not valid[:15, 13:].any()
    assert valid[16:].all()
    assert valid[:, :12].all()
    assert not picture[~valid].any()


def test_other_types_are_scaled_and_palettes_and_alpha_are_read(tmp_path):
    image = (ramp(120, 120).astype(np.float64) * 40 - 3000).astype(np.float32)
    image[:, 3, 3] = np.nan
    source = write(tmp_path / "float.tif", image)
    scaling = measure_scaling([source], InputConfig(), 0)
    picture = read_glance(source, scaling, 120)
    assert picture[3, 3, 3] == 0
    assert picture[2, :, 1].min() == 0
    assert picture[2, :, 1].max() == 255
    opaque = np.full((1, 60, 60), 255, np.uint8)
    opaque[0, :30] = 0
    source = write(tmp_path / "alpha.tif", np.concatenate([ramp(60, 60), opaque]), photometric="RGB", alpha="YES")
    assert (read_glance(source, BYTES, 30)[..., 3] > 0).sum() == 15 * 30
    path = tmp_path / "palette.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=9, height=9, count=1, dtype="uint8", photometric="palette"
    ) as file:
        file.write(np.arange(81, dtype=np.uint8).reshape(1, 9, 9))
        file.write_colormap(1, {index: (index, 255 - index, 7, 255) for index in range(256)})
    picture = read_glance(open_source(path, InputConfig()), BYTES, 9)
    assert picture[8, 8].tolist() == [80, 175, 7, 255]


def test_memory_follows_from_the_picture(tmp_path):
    source = write(tmp_path / "a.tif", np.zeros((3, 6000, 4000), np.uint8), compress="deflate")
    tracemalloc.start()
    try:
        read_glance(source, BYTES, 200)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The scene has 72 MB.
    assert peak < 5_000_000
