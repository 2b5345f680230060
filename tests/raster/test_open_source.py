import os
import pickle
import stat
import tempfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.open import open_source

DEFAULTS = InputConfig()
TRANSFORM = Affine(0.5, 0, 1000, 0, -0.5, 2000)


def refusal(path, config=DEFAULTS, **part):
    with pytest.raises(InputError) as caught:
        open_source(path, config, **part)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_a_source_tells_all_about_its_file_and_can_be_pickled(make_raster, ramp):
    path = make_raster(ramp(4, 20, 30, "uint16"), crs="EPSG:32633", transform=TRANSFORM, nodata=7)
    source = open_source(path, DEFAULTS)
    assert pickle.loads(pickle.dumps(source)) == source  # noqa: S301 - our own
    assert source.path == str(path)
    assert source.window == Box(0, 0, 20, 30)
    assert (source.spec.shape, source.spec.count, source.spec.dtype) == ((20, 30), 4, "uint16")
    assert source.spec.transform == tuple(TRANSFORM)[:6]
    assert rasterio.crs.CRS.from_wkt(source.spec.crs).to_epsg() == 32633
    assert source.nodata == (7, 7, 7)
    assert source.spec.nodata == 7
    assert source.value_range is None


def test_a_relative_path_is_made_absolute_because_workers_run_elsewhere(make_raster, ramp, monkeypatch):
    path = make_raster(ramp())
    monkeypatch.chdir(path.parent)
    assert open_source("scene.tif", DEFAULTS).path == str(path)


@pytest.mark.parametrize("name", ["a b.tif", "a#b?c!d.tif", "12:30.tif", "http:x.tif", "ü.tif"])
def test_a_file_may_have_any_name(make_raster, ramp, monkeypatch, name):
    path = make_raster(ramp(), name)
    monkeypatch.chdir(path.parent)
    assert open_source(name, DEFAULTS).path == str(path)


@pytest.mark.parametrize(
    ("interp", "bands", "alpha"),
    [
        (("gray",), (1,), None),
        (("gray", "alpha"), (1,), 2),
        (("red", "green", "blue"), (1, 2, 3), None),
        (("red", "green", "blue", "alpha"), (1, 2, 3), 4),
        (("red", "alpha", "green", "blue", "undefined"), (1, 3, 4), 2),
        (("gray", *["undefined"] * 8), (1, 2, 3), None),
    ],
)
def test_default_bands_are_the_first_three_that_are_not_alpha(make_raster, ramp, interp, bands, alpha):
    source = open_source(make_raster(ramp(len(interp)), interp=interp), DEFAULTS)
    assert (source.bands, source.alpha) == (bands, alpha)


def test_a_file_of_alpha_alone_is_read_as_data(make_raster, ramp):
    source = open_source(make_raster(ramp(1), interp=("alpha",)), DEFAULTS)
    assert (source.bands, source.alpha) == ((1,), None)


def test_chosen_bands_keep_their_order(make_raster, ramp):
    source = open_source(make_raster(ramp(9), photometric="minisblack"), InputConfig(bands=(9, 1)))
    assert source.bands == (9, 1)
    assert source.channels == 2


def test_the_range_of_8_bit_data_follows_their_bits(make_raster, ramp):
    assert open_source(make_raster(ramp()), DEFAULTS).value_range == (0.0, 255.0)
    bits = make_raster(ramp(1) % 8, "bits.tif", nbits=3)
    assert open_source(bits, DEFAULTS).value_range == (0.0, 7.0)
    signed = make_raster(ramp(1).astype("int8"), "int8.tif")
    assert open_source(signed, DEFAULTS).value_range is None


def test_a_window_is_clipped_and_moves_the_place(make_raster, ramp):
    path = make_raster(ramp(), transform=TRANSFORM)
    source = open_source(path, DEFAULTS, window=Box(10, -5, 50, 12))
    assert source.window == Box(10, 0, 20, 12)
    assert source.spec.shape == (10, 12)
    assert source.spec.transform == (0.5, 0, 1000, 0, -0.5, 1995)
    assert "has 20 rows and 30 columns" in refusal(path, window=Box(20, 0, 30, 5))


def test_a_bounding_box_takes_the_pixels_that_cover_it(make_raster, ramp):
    path = make_raster(ramp(), transform=TRANSFORM)
    assert open_source(path, DEFAULTS, bounds=(1001.2, 1990, 1003, 1999)).window == Box(2, 2, 20, 6)
    outside = refusal(path, bounds=(0, 0, 1, 1))
    assert "covers 1000 1990 1015 2000" in outside
    assert "left, bottom, right, top" in refusal(path, bounds=(5, 0, 1, 1))
    assert "left, bottom, right, top" in refusal(path, bounds=(0, 0, float("nan"), 1))
    assert "leave one out" in refusal(path, bounds=(0, 0, 1, 1), window=Box(0, 0, 1, 1))


def test_a_bounding_box_needs_a_transform(make_raster, ramp):
    points = [GroundControlPoint(*p) for p in ((0, 0, 10, 50), (0, 30, 11, 50), (20, 0, 10, 49), (20, 30, 11, 49))]
    path = make_raster(ramp(), gcps=points, crs="EPSG:4326")
    source = open_source(path, DEFAULTS, window=Box(2, 3, 20, 30))
    assert source.spec.transform is None
    assert source.spec.crs is None
    assert "4326" in source.spec.gcps_crs
    assert source.spec.gcps[0] == (-2, -3, 10, 50, 0)
    assert "give a window" in refusal(path, bounds=(10, 49, 11, 50))


def test_what_is_not_a_raster_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refusal("no.tif") == "no.tif: there is no such file"
    Path("text.tif").write_text("This is no raster.", encoding="utf-8")
    assert "cannot be opened as a raster" in refusal("text.tif")
    assert refusal("text.tif/x.tif").endswith("there is no such file")
    Path("empty.tif").touch()
    assert "cannot be opened as a raster" in refusal("empty.tif")
    assert "is a folder" in refusal(tmp_path)
    os.mkfifo("pipe.tif")
    assert "is not a regular file" in refusal("pipe.tif")
    assert "is not the name of a file" in refusal("nul\0.tif")
    assert "cannot be opened" in refusal("x" * 5000)
    assert "cannot be opened as a raster" in refusal("/vsizip/no.zip/a.tif")


def test_a_file_that_may_not_be_read_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "secret.tif"
        path.touch()
        path.chmod(0)
        Path(folder).chmod(stat.S_IRWXU | stat.S_IROTH | stat.S_IXOTH)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            assert refusal(path).endswith("cannot be opened (Permission denied); make it readable")
        finally:
            if root:
                os.seteuid(0)


def test_bands_beyond_the_file_are_refused(make_raster, ramp):
    assert "has 3 bands, so input.bands cannot contain 4" in refusal(make_raster(ramp()), InputConfig(bands=(1, 4)))
    assert "has 1 band," in refusal(make_raster(ramp(1), "one.tif"), InputConfig(bands=(2,)))


@pytest.mark.parametrize("dtype", ["complex_int16", "complex64", "complex128"])
def test_complex_pixels_are_refused(tmp_path, dtype):
    path = tmp_path / "complex.tif"
    with rasterio.open(path, "w", driver="GTiff", width=4, height=4, count=1, dtype=dtype):
        pass
    assert "complex" in refusal(path)


def test_a_container_names_what_it_holds(make_raster, ramp):
    place = {"driver": "GPKG", "crs": "EPSG:3857", "transform": TRANSFORM}
    for number in range(2):
        append = "YES" if number else "NO"
        path = make_raster(ramp(3, 256, 256), "two.gpkg", raster_table=f"t{number}", append_subdataset=append, **place)
    assert f"has no bands; it holds others, take one of them, such as GPKG:{path}:t0" in refusal(path)
    assert open_source(f"GPKG:{path}:t1", DEFAULTS).bands == (1, 2, 3)


def test_a_raster_without_bands_is_refused(tmp_path):
    path = tmp_path / "none.vrt"
    path.write_text('<VRTDataset rasterXSize="4" rasterYSize="4"></VRTDataset>', encoding="utf-8")
    refusal(path)


def test_coefficients_that_are_not_complete_locate_nothing(make_raster, ramp):
    path = make_raster(ramp())
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(ns="RPC", LINE_OFF="5")
    assert open_source(path, DEFAULTS).spec.rpcs == ()


@pytest.mark.parametrize(
    ("dtype", "value", "held"),
    [
        ("uint8", 255.0, 255),
        ("uint8", 256.0, None),
        ("uint8", 0.5, None),
        ("int8", -128.0, -128),
        ("uint16", -9999.0, None),
        ("float32", -3.4e38, float(np.float32(-3.4e38))),
        ("float32", 1e300, None),
        ("float64", 1e300, 1e300),
        ("float32", "nan", None),
        ("uint8", "none", None),
    ],
)
def test_a_nodata_value_counts_as_the_type_holds_it(make_raster, ramp, dtype, value, held):
    path = make_raster(ramp(1, dtype=dtype), nodata=3)
    expected = None if held is None else (held,)
    assert open_source(path, InputConfig(nodata=value)).nodata == expected
    assert open_source(path, DEFAULTS).nodata == (3,)


@pytest.mark.parametrize(("dtype", "name"), [("int64", "Int64"), ("uint64", "UInt64")])
def test_the_largest_64_bit_number_can_be_nodata(make_raster, ramp, tmp_path, dtype, name):
    largest = np.iinfo(dtype).max
    make_raster(ramp(1, dtype=dtype))
    path = tmp_path / "mosaic.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="30" rasterYSize="20"><VRTRasterBand dataType="{name}" band="1">'
        f"<NoDataValue>{largest}</NoDataValue><SimpleSource>"
        '<SourceFilename relativeToVRT="1">scene.tif</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>',
        encoding="utf-8",
    )
    assert open_source(path, DEFAULTS).nodata == (largest,)
