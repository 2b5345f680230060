"""What cannot be segmented is refused in one sentence, before work; what can be, however odd, is segmented."""

import struct

import numpy as np
import pytest
import rasterio
from affine import Affine


def make(path, data, **options):
    bands, rows, columns = data.shape
    profile = {"driver": "GTiff", "width": columns, "height": rows, "count": bands, "dtype": data.dtype} | options
    with rasterio.open(path, "w", **profile) as file:
        file.write(data)
    return path


@pytest.fixture
def good(tmp_path):
    pixels = np.kron(np.arange(1, 13).reshape(3, 2, 2), np.ones((1, 20, 20))).astype(np.uint8) * 20
    return make(tmp_path / "good.tif", pixels, crs="EPSG:32633", transform=Affine(1, 0, 5e5, 0, -1, 5e6))


def tiff(path, tags):
    """Write a TIFF that is nothing but its first directory: numbers by tag."""
    entries = b"".join(
        struct.pack("<HHII", tag, 4 if value > 65535 else 3, 1, value) for tag, value in sorted(tags.items())
    )
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4))
    return path


def header(width, height, *, bands=1, compression=5):
    """Give the tags of a picture in one strip that is not there."""
    return {256: width, 257: height, 258: 8, 259: compression, 262: 1, 273: 9, 277: bands, 278: height, 279: 9}


def test_no_rasters(refused, tmp_path, good):
    content = good.read_bytes()
    for name, some in (("cut", content[:300]), ("head", content[:3]), ("empty", b""), ("text", b"not a raster\n" * 99)):
        path = tmp_path / f"{name}.tif"
        path.write_bytes(some)
        assert str(path) in refused(path)
    (tmp_path / "folder").mkdir()
    assert "there is no raster directly in this folder" in refused(tmp_path / "folder")
    assert "there is no such file" in refused(tmp_path / "missing.tif")
    assert "there is no such file" in refused(good / "within.tif")
    assert "is not a regular file" in refused("/dev/null")


def test_pixels_cut_off_are_found_before_work_or_named(call, tmp_path, good):
    cut = tmp_path / "cut.tif"
    cut.write_bytes(good.read_bytes()[:-700])
    code, said = call("segment", cut)
    assert code == 2
    assert said.splitlines()[-1].startswith(f"error: {cut}: rows ")
    assert not list(tmp_path.glob("out/**/*.tif"))


@pytest.mark.parametrize(
    ("tags", "complaint"),
    [
        (header(65535, 65535), "cannot be read"),
        (header(2_000_000_000, 1), "take 2.0 GB each to decode"),
        (header(40, 30, bands=65535), "cannot be read"),
        (header(0, 0), "cannot be opened as a raster"),
    ],
)
def test_small_files_that_claim_much(refused, tmp_path, tags, complaint):
    path = tiff(tmp_path / "claim.tif", tags)
    assert complaint in refused(path)


def test_a_great_sparse_raster_is_planned_and_refused_for_what_it_needs(call, tmp_path):
    path = tmp_path / "sparse.tif"
    options = {"width": 65535, "height": 65535, "count": 1, "dtype": "uint8", "tiled": True, "SPARSE_OK": True}
    with rasterio.open(path, "w", driver="GTiff", blockxsize=8192, blockysize=8192, compress="deflate", **options):
        pass
    code, said = call("plan", path, "--set", "tiles.size=1024")
    assert code in {0, 2}
    assert code == 0 or "needs about" in said


def vrt(path, source, *, width=40, height=40, properties=""):
    rect = f'xOff="0" yOff="0" xSize="{width}" ySize="{height}"'
    path.write_text(
        f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}"><VRTRasterBand dataType="Byte" band="1">'
        f'<SimpleSource><SourceFilename relativeToVRT="1">{source}</SourceFilename><SourceBand>1</SourceBand>'
        f"{properties}<SrcRect {rect}/><DstRect {rect}/></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return path


_PROPERTIES = '<SourceProperties RasterXSize="40" RasterYSize="40" DataType="Byte" BlockXSize="40" BlockYSize="8"/>'


@pytest.mark.parametrize("properties", ["", _PROPERTIES])
def test_vrts_that_are_not_whole(refused, tmp_path, good, properties):
    assert "made of itself" in refused(vrt(tmp_path / "own.vrt", "own.vrt", properties=properties))
    vrt(tmp_path / "b.vrt", "a.vrt", properties=properties)
    assert "made of itself" in refused(vrt(tmp_path / "a.vrt", "b.vrt", properties=properties))
    missing = vrt(tmp_path / "c.vrt", "gone.tif", properties=properties)
    assert f"is made of {tmp_path / 'gone.tif'}, which is not there" in refused(missing)
    assert "which is not there" in refused(vrt(tmp_path / "d.vrt", "c.vrt", properties=properties))
    whole = vrt(tmp_path / "e.vrt", good.name, properties=properties)
    with rasterio.open(whole) as file:
        assert file.read(1).any()


@pytest.mark.parametrize("nodata", ["nan", "1e400", "-1e400", "300", "0.5", "text", ""])
def test_absurd_nodata_of_whole_numbers_marks_nothing(call, tmp_path, good, nodata):
    content = vrt(tmp_path / "v.vrt", good.name).read_text()
    path = tmp_path / "w.vrt"
    path.write_text(content.replace('band="1">', f'band="1"><NoDataValue>{nodata}</NoDataValue>'))
    code, said = call("segment", path)
    assert code == 0, said
    with rasterio.open(tmp_path / "out/w/classes.tif") as file:
        # GDAL takes 300 for 255, and what is no number for 0; no pixel has either.
        assert file.read(1).all()


@pytest.mark.parametrize(
    "geo", ["0, 0, 0, 0, 0, 0", "5, 0, 0, 5, 0, 0", "nan, nan, nan, nan, nan, nan", "inf,1,0,0,0,1"]
)
def test_transforms_that_place_nothing(refused, tmp_path, good, geo):
    content = vrt(tmp_path / "v.vrt", good.name).read_text()
    path = tmp_path / "w.vrt"
    path.write_text(
        content.replace("<VRTRasterBand", f"<SRS>EPSG:32633</SRS><GeoTransform>{geo}</GeoTransform><VRTRasterBand")
    )
    assert "gives pixels no size or no place" in refused(path)


@pytest.mark.parametrize(
    ("name", "data", "options", "valid"),
    [
        ("nans", np.full((3, 50, 60), np.nan, dtype=np.float32), {}, False),
        ("infinite", np.full((1, 50, 60), np.inf, dtype=np.float64), {}, False),
        ("nothing", np.full((3, 50, 60), 7, dtype=np.uint8), {"nodata": 7}, False),
        ("nothing16", np.zeros((2, 50, 60), dtype=np.int16), {"nodata": 0}, False),
        ("same", np.full((3, 50, 60), 7, dtype=np.uint8), {}, True),
        ("same16", np.full((1, 50, 60), 700, dtype=np.uint16), {}, True),
        ("samefloat", np.full((1, 50, 60), -1e30, dtype=np.float32), {}, True),
        ("huge", np.full((1, 50, 60), 1e308, dtype=np.float64), {}, False),
        ("pixel", np.full((3, 1, 1), 9, dtype=np.uint8), {}, True),
        ("floatpixel", np.full((1, 1, 1), 0.5, dtype=np.float32), {}, True),
        ("nopixel", np.full((1, 1, 1), np.nan, dtype=np.float32), {}, False),
    ],
)
def test_scenes_of_one_thing(call, tmp_path, name, data, options, valid):  # noqa: PLR0917 - fixtures and parameters
    path = make(tmp_path / f"{name}.tif", data, **options)
    everything = "classes,objects,vector,style,stac,report"
    code, said = call("segment", path, "--outputs", everything)
    assert code == 0, said
    with rasterio.open(tmp_path / "out" / name / "classes.tif") as file:
        found = file.read(1)
    assert found.shape == data.shape[1:]
    assert set(np.unique(found)) == ({1} if valid else {0})
