import os

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.windows import Window

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster import dataset
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import gdal_version, read, read_scaled

DEFAULTS = InputConfig()
REAL = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"]


def read_all(path, config=DEFAULTS, **part):
    source = open_source(path, config, **part)
    return read(source, source.spec.scene)


def invalid(valid):
    return {tuple(place) for place in np.argwhere(~valid).tolist()}


@pytest.mark.parametrize("dtype", REAL)
def test_pixels_come_as_they_are_in_the_file(make_raster, ramp, dtype):
    pixels = ramp(3, 20, 30, dtype)
    if np.issubdtype(dtype, np.integer):
        pixels[0, 0, :2] = np.iinfo(dtype).min, np.iinfo(dtype).max
    raw, valid = read_all(make_raster(pixels))
    assert raw.dtype == dtype
    np.testing.assert_array_equal(raw, pixels)
    assert valid.all()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate"},
        {"interleave": "pixel", "compress": "lzw"},
        {"bigtiff": "yes"},
    ],
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_box_of_any_window_is_what_rasterio_reads_there(make_raster, ramp, options, data):
    path = make_raster(ramp(4, 37, 53), photometric="minisblack", **options)
    bands = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=5), label="bands"))
    window = data.draw(boxes(37, 53), label="window")
    source = open_source(path, InputConfig(bands=bands), window=window)
    box = data.draw(boxes(*window.shape), label="box")
    place = Window(window.left + box.left, window.top + box.top, box.shape[1], box.shape[0])
    with rasterio.open(path) as dataset:
        expected = dataset.read(list(bands), window=place)
    raw, valid = read(source, box)
    np.testing.assert_array_equal(raw, expected)
    assert valid.shape == box.shape


def boxes(rows, columns):
    tops, lefts = st.integers(0, rows - 1), st.integers(0, columns - 1)
    return st.tuples(tops, lefts).flatmap(
        lambda corner: st.builds(
            Box,
            st.just(corner[0]),
            st.just(corner[1]),
            st.integers(corner[0] + 1, rows),
            st.integers(corner[1] + 1, columns),
        )
    )


@pytest.mark.parametrize("kept", [True, False])
def test_strips_that_a_read_touches_are_decoded_once_for_what_lies_beside_it(make_raster, monkeypatch, kept):
    pixels = np.random.default_rng(0).integers(0, 256, (1, 500, 4000), dtype=np.uint8)
    path = make_raster(pixels, compress="deflate", blockysize=1)
    monkeypatch.setattr(dataset, "CACHE_BYTES", 2**20)
    monkeypatch.setattr(dataset, "MOST_CACHE_BYTES", 2**22 if kept else 2**20)
    source = open_source(path, DEFAULTS)
    read(source, Box(0, 0, 500, 100))
    # From here on nothing can be decoded of the file any more.
    times = path.stat()
    with path.open("r+b") as file:
        file.seek(times.st_size // 20)
        file.write(bytes(times.st_size * 9 // 10))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    if kept:
        np.testing.assert_array_equal(read(source, Box(0, 100, 500, 300))[0], pixels[:, :, 100:300])
    else:
        with pytest.raises(InputError, match="cannot be read"):
            read(source, Box(0, 100, 500, 300))


def test_what_a_box_touches_has_the_mask_of_the_file(make_raster, ramp):
    options = {"tiled": True, "blockxsize": 16, "blockysize": 16}
    plain = open_source(make_raster(ramp(3, 64, 64), **options), DEFAULTS, window=Box(10, 20, 60, 60))
    masked = open_source(make_raster(ramp(3, 64, 64), "m.tif", mask=np.eye(64) > 0, **options), DEFAULTS)
    # Rows 15 to 17 and columns 30 to 33 of the file: two blocks down, two across.
    assert plain.touched_bytes(Box(5, 10, 8, 14)) == 4 * 3 * 16**2
    assert masked.touched_bytes(Box(15, 30, 18, 34)) == 4 * 4 * 16**2


def test_a_box_beyond_the_source_is_a_mistake_of_the_program(make_raster, ramp):
    source = open_source(make_raster(ramp()), DEFAULTS, window=Box(0, 0, 10, 10))
    with pytest.raises(ValueError, match="not within"):
        read(source, Box(0, 0, 11, 10))


def test_a_pixel_is_nodata_when_all_chosen_bands_have_the_value(make_raster, ramp):
    pixels = ramp()
    pixels[:, 2, 3] = 0
    pixels[:2, 4, 5] = 0
    path = make_raster(pixels, nodata=0)
    assert invalid(read_all(path)[1]) == {(2, 3)}
    assert invalid(read_all(path, InputConfig(bands=(2, 1)))[1]) == {(2, 3), (4, 5)}
    assert invalid(read_all(path, InputConfig(nodata="none"))[1]) == set()
    assert invalid(read_all(path, InputConfig(nodata="nan"))[1]) == set()
    pixels[:, 0, 0] = 9
    pixels[:, 0, 1] = (9, 9, 8)
    other = make_raster(pixels, "other.tif", nodata=0)
    assert invalid(read_all(other, InputConfig(nodata=9))[1]) == {(0, 0)}


@pytest.mark.parametrize("value", [-3.4e38, 0.1, -9999.0])
def test_nodata_of_float32_is_compared_in_float32(make_raster, ramp, value):
    pixels = ramp(1, dtype="float32")
    pixels[0, 1, 1] = value
    assert invalid(read_all(make_raster(pixels, nodata=float(np.float32(value))))[1]) == {(1, 1)}
    assert invalid(read_all(make_raster(pixels, "plain.tif"), InputConfig(nodata=value))[1]) == {(1, 1)}


def test_doubles_whose_square_is_none_are_outside(make_raster, ramp):
    pixels = ramp(3, dtype="float64")
    pixels[0, 1, 2], pixels[1, 3, 4], pixels[2, 5, 6] = 1.7976931348623157e308, -1e200, 1e149
    valid = read_all(make_raster(pixels), InputConfig())[1]
    assert invalid(valid) == {(1, 2), (3, 4)}


def test_nan_or_infinity_in_any_band_is_outside(make_raster, ramp):
    pixels = ramp(dtype="float64")
    pixels[1, 2, 3], pixels[0, 4, 5], pixels[2, 6, 7] = np.nan, np.inf, -np.inf
    path = make_raster(pixels, nodata=np.nan)
    assert invalid(read_all(path)[1]) == {(2, 3), (4, 5), (6, 7)}
    assert invalid(read_all(path, InputConfig(nodata="none"))[1]) == {(2, 3), (4, 5), (6, 7)}


def test_a_64_bit_nodata_value_is_exact(make_raster, ramp):
    pixels = ramp(1, dtype="uint64")
    pixels[0, 0, :2] = 2**52, 2**52 + 1
    assert invalid(read_all(make_raster(pixels), InputConfig(nodata=2**52))[1]) == {(0, 0)}


@pytest.mark.parametrize("internal", [True, False])
def test_what_the_mask_hides_is_outside(make_raster, ramp, internal):
    mask = np.full((20, 30), 255, dtype=np.uint8)
    mask[5:7, 8] = 0
    path = make_raster(ramp(), mask=mask, internal_mask=internal)
    assert path.with_suffix(".tif.msk").exists() != internal
    assert invalid(read_all(path)[1]) == {(5, 8), (6, 8)}
    assert invalid(read_all(path, window=Box(6, 8, 20, 30))[1]) == {(0, 0)}
    assert invalid(read_all(path, InputConfig(nodata="none"))[1]) == {(5, 8), (6, 8)}


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_what_alpha_makes_transparent_is_outside(make_raster, ramp, dtype):
    pixels = ramp(4, dtype=dtype)
    pixels[3, 5, 8] = 0
    path = make_raster(pixels, interp=("red", "green", "blue", "alpha"))
    raw, valid = read_all(path)
    assert len(raw) == 3
    assert invalid(valid) == {(5, 8)}
    # Chosen as data, alpha is data.
    assert read_all(path, InputConfig(bands=(4,)))[1].all()


def test_mask_and_nodata_add_up(make_raster, ramp):
    pixels = ramp()
    pixels[:, 1, 1] = 0
    mask = np.full((20, 30), 255, dtype=np.uint8)
    mask[2, 2] = 0
    assert invalid(read_all(make_raster(pixels, mask=mask, nodata=0))[1]) == {(1, 1), (2, 2)}


def test_nodata_values_of_each_band_give_way_to_the_setting(make_raster, ramp):
    pixels = ramp()
    pixels[:, 1, 1] = (1, 2, 3)
    path = make_raster(pixels)
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(NODATA_VALUES="1 2 3")
    places = {tuple(place) for place in np.argwhere((pixels.T == (1, 2, 3)).all(axis=-1).T).tolist()}
    assert invalid(read_all(path)[1]) == places
    assert read_all(path, InputConfig(nodata="none"))[1].all()


def test_a_palette_is_read_as_its_colours(make_raster):
    palette = {0: (0, 0, 0, 255), 1: (255, 0, 0, 255), 2: (10, 20, 30, 255)}
    pixels = np.array([[[0, 1, 2], [2, 1, 0]]], dtype=np.uint8)
    path = make_raster(pixels, palette=palette, nodata=0)
    source = open_source(path, DEFAULTS)
    raw, valid = read(source, source.spec.scene)
    assert (source.channels, source.dtype, source.value_range) == (3, np.uint8, (0.0, 255.0))
    assert raw[:, 0, 1].tolist() == [255, 0, 0]
    assert raw[:, 1, 0].tolist() == [10, 20, 30]
    assert invalid(valid) == {(0, 0), (1, 2)}
    assert read_all(path, InputConfig(nodata="none"))[1].all()
    assert invalid(read_all(path, InputConfig(nodata=2))[1]) == {(0, 2), (1, 0)}


def test_a_palette_of_16_bits(make_raster):
    pixels = np.array([[[0, 40000]]], dtype=np.uint16)
    raw, valid = read_all(make_raster(pixels, palette={0: (1, 2, 3, 255), 40000: (9, 8, 7, 255)}))
    assert raw[:, 0].tolist() == [[1, 9], [2, 8], [3, 7]]
    assert valid.all()


def test_a_transparent_colour_is_outside(make_raster):
    pixels = np.array([[[0, 1, 2]]], dtype=np.uint8)
    palette = {0: (9, 9, 9, 255), 1: (5, 5, 5, 0), 2: (7, 7, 7, 255)}
    path = make_raster(pixels, "picture.png", driver="PNG", palette=palette)
    assert invalid(read_all(path)[1]) == {(0, 1)}


def test_bands_of_different_types_share_one_that_holds_both(make_raster, ramp, tmp_path):
    make_raster(ramp(1), "bytes.tif")
    make_raster(ramp(1).astype("int16") - 300, "shorts.tif")
    band = (
        '<VRTRasterBand dataType="{}" band="{}"><NoDataValue>{}</NoDataValue><SimpleSource>'
        '<SourceFilename relativeToVRT="1">{}</SourceFilename></SimpleSource></VRTRasterBand>'
    )
    bands = band.format("Byte", 1, 1, "bytes.tif") + band.format("Int16", 2, -299, "shorts.tif")
    path = tmp_path / "both.vrt"
    path.write_text(f'<VRTDataset rasterXSize="30" rasterYSize="20">{bands}</VRTDataset>', encoding="utf-8")
    raw, valid = read_all(path)
    assert raw.dtype == np.int16
    np.testing.assert_array_equal(raw, np.concatenate([ramp(1), ramp(1).astype("int16") - 300]))
    # Each band has its own value.
    assert invalid(valid) == {tuple(place) for place in np.argwhere(ramp(1)[0] == 1).tolist()}


@pytest.mark.parametrize(("name", "driver"), [("photo.jpg", "JPEG"), ("picture.png", "PNG")])
def test_pictures_without_a_place_are_read(make_raster, ramp, name, driver):
    path = make_raster(ramp(), name, driver=driver)
    source = open_source(path, DEFAULTS)
    with rasterio.open(path) as dataset:
        np.testing.assert_array_equal(read(source, source.spec.scene)[0], dataset.read())
    assert (source.spec.crs, source.spec.transform) == (None, None)


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1)])
def test_a_raster_may_be_one_pixel_wide(make_raster, ramp, shape):
    raw, valid = read_all(make_raster(ramp(1, *shape)))
    np.testing.assert_array_equal(raw, ramp(1, *shape))
    assert valid.shape == shape


def test_a_file_that_breaks_off_is_named_with_the_place(make_raster, ramp):
    path = make_raster(ramp(1, 200, 300), compress="deflate", blockysize=10)
    path.write_bytes(path.read_bytes()[:-40])
    source = open_source(path, DEFAULTS, window=Box(100, 0, 200, 300))
    with pytest.raises(InputError, match="rows 190 to 200, columns 5 to 7 cannot be read") as caught:
        read(source, Box(90, 5, 100, 7))
    assert str(caught.value).startswith(str(path))


def test_a_mosaic_with_a_missing_part_is_refused(tmp_path):
    path = tmp_path / "mosaic.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="3" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        "<SourceFilename>gone.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match=r"gone\.tif"):
        read_all(path)


def test_a_scaled_image_is_zero_outside(make_raster):
    pixels = np.array([[[10, 20, 30, 40]]], dtype=np.uint16)
    source = open_source(make_raster(pixels, nodata=40), DEFAULTS)
    image, valid = read_scaled(source, Scaling((10.0,), (30.0,)), source.spec.scene)
    assert image.dtype == np.float32
    assert image.tolist() == [[[0, 0.5, 1, 0]]]
    assert valid.tolist() == [[True, True, True, False]]


def test_the_version_of_gdal_is_told():
    assert gdal_version() == rasterio.__gdal_version__
