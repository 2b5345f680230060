import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.enums import ColorInterp
from rio_cogeo import cog_validate

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import OutputError
from pipeline.grid import Grid
from pipeline.raster.open import open_source
from pipeline.raster.scratch import scratch_bytes
from pipeline.raster.spec import RasterSpec
from pipeline.raster.verify import checksum, first_fault
from pipeline.raster.writer import LabelWriter

UTM = rasterio.crs.CRS.from_epsg(32633).to_wkt()
NORTH_UP = (0.5, 0.0, 1000.0, 0.0, -0.5, 2000.0)
SPEC = RasterSpec((1300, 1100), 3, "uint8", UTM, NORTH_UP)
COLOURS = {0: (0, 0, 0, 0), 1: (200, 10, 20, 255), 2: (0, 90, 0, 255)}


def labels_of(shape, most=9, dtype="uint8"):
    """Make patches of labels, of which some are nodata."""
    small = np.random.default_rng(0).integers(0, most + 1, (-(-shape[0] // 7), -(-shape[1] // 7)))
    return np.kron(small, np.ones((7, 7))).astype(dtype)[: shape[0], : shape[1]]


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def write(path, labels, spec=SPEC, size=512, **options):
    with LabelWriter(path, spec, labels.dtype.name, **options) as writer:
        for tile in Grid(labels.shape, size, 0):
            writer.write(tile.write, labels[tile.write.slices(spec.scene)])


def test_the_result_is_a_cloud_optimised_geotiff_with_all_that_was_said(tmp_path):
    path = tmp_path / "new" / "folder" / "classes.tif"
    labels = labels_of(SPEC.shape, 2)
    write(path, labels, colours=COLOURS, tags={"SOFTWARE": "ours", "CONFIG": '{"a": 1}'})
    valid, errors, warnings = cog_validate(path, strict=True)
    assert (valid, errors, warnings) == (True, [], [])
    with rasterio.open(path) as dataset:
        np.testing.assert_array_equal(dataset.read(1), labels)
        assert dataset.shape == SPEC.shape
        assert (dataset.crs, tuple(dataset.transform)[:6]) == (UTM, NORTH_UP)
        assert (dataset.nodata, dataset.dtypes) == (0, ("uint8",))
        assert dataset.block_shapes == [(512, 512)]
        assert dataset.compression.name == "deflate"
        assert dataset.overviews(1) == [2, 4]
        assert dataset.colorinterp == (ColorInterp.palette,)
        assert {index: dataset.colormap(1)[index] for index in COLOURS} == COLOURS
        assert dataset.tags() | {"SOFTWARE": "ours", "CONFIG": '{"a": 1}'} == dataset.tags()
        assert dataset.tags(1)["LAYER_TYPE"] == "thematic"
        assert not any(key.startswith("STATISTICS") for key in dataset.tags(1))
    assert names(path.parent) == ["classes.tif"]


@pytest.mark.parametrize(
    ("dtype", "colours", "compression"),
    [("uint8", None, "zstd"), ("uint16", {300: (1, 2, 3, 255)}, "deflate"), ("uint32", None, "deflate")],
)
def test_types_and_compressions(tmp_path, dtype, colours, compression):
    labels = labels_of((600, 70), np.iinfo(dtype).max - 1, dtype)
    path = tmp_path / "labels.tif"
    spec = RasterSpec(labels.shape, 1, "float32")
    write(path, labels, spec, colours=colours, compression=compression, overviews="nearest")
    with rasterio.open(path) as dataset:
        np.testing.assert_array_equal(dataset.read(1), labels)
        assert dataset.compression.name == compression
        if colours:
            assert dataset.colormap(1)[300] == (1, 2, 3, 255)
    assert cog_validate(path)[0]


def test_numbers_of_32_bits_have_no_colours(tmp_path):
    with pytest.raises(ValueError, match="8 or 16 bits"):
        LabelWriter(tmp_path / "x.tif", SPEC, "uint32", colours={1: (1, 1, 1, 255)})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_boxes_of_any_size_in_any_order_fill_the_raster(tmp_path, data):
    rows, columns = data.draw(st.integers(1, 1200)), data.draw(st.integers(1, 1200))
    labels = labels_of((rows, columns), 60000, "uint16")
    spec = RasterSpec((rows, columns), 1, "uint8")
    tiles = list(Grid((rows, columns), data.draw(st.integers(100, 900)), 0))
    tiles = data.draw(st.permutations(tiles))
    with LabelWriter(tmp_path / "labels.tif", spec, "uint16") as writer:
        for tile in tiles:
            writer.write(tile.write, labels[tile.write.slices(spec.scene)])
    with rasterio.open(tmp_path / "labels.tif") as dataset:
        np.testing.assert_array_equal(dataset.read(1), labels)


def test_what_is_not_written_is_nodata(tmp_path):
    with LabelWriter(tmp_path / "labels.tif", SPEC, "uint8") as writer:
        writer.write(Box(600, 600, 700, 700), np.full((100, 100), 5, dtype=np.uint8))
    with rasterio.open(tmp_path / "labels.tif") as dataset:
        pixels = dataset.read(1)
    assert pixels[600:700, 600:700].min() == 5
    assert np.count_nonzero(pixels) == 100 * 100


@pytest.mark.parametrize("labels", [np.ones((3, 3), np.uint8), np.ones((2, 2), np.uint16), np.ones((2, 2), np.int8)])
def test_labels_that_do_not_fit_are_a_mistake_of_the_program(tmp_path, labels):
    with LabelWriter(tmp_path / "labels.tif", SPEC, "uint8") as writer, pytest.raises((ValueError, TypeError)):
        writer.write(Box(0, 0, 2, 2), labels)


def test_overviews_hold_labels_that_are_there(tmp_path):
    labels = np.full((1024, 1024), 3, dtype=np.uint8)
    labels[::4, ::4] = 200
    for overviews, expected in (("mode", {3}), ("nearest", {3, 200})):
        path = tmp_path / f"{overviews}.tif"
        write(path, labels, RasterSpec(labels.shape, 1, "uint8"), overviews=overviews)
        with rasterio.open(path, overview_level=0) as dataset:
            assert dataset.shape == (512, 512)
            assert set(np.unique(dataset.read(1)).tolist()) <= {3, 200}
            assert set(np.unique(dataset.read(1)).tolist()) == expected


def test_bytes_are_the_same_with_any_number_of_threads_and_any_tiling(tmp_path):
    labels = labels_of(SPEC.shape)
    results = set()
    for run, (threads, size) in enumerate([(1, 512), (1, 512), (2, 300), (4, 1300)]):
        path = tmp_path / str(run) / "classes.tif"
        write(path, labels, size=size, threads=threads, colours=COLOURS, tags={"B": "b", "A": "a"})
        results.add(path.read_bytes())
    assert len(results) == 1


RPC = {
    **dict.fromkeys(("LINE_SCALE", "SAMP_SCALE", "HEIGHT_OFF", "HEIGHT_SCALE"), "100.5"),
    **dict.fromkeys(("LAT_OFF", "LAT_SCALE", "LONG_OFF", "LONG_SCALE"), "0.3"),
    **dict.fromkeys(
        ("LINE_NUM_COEFF", "LINE_DEN_COEFF", "SAMP_NUM_COEFF", "SAMP_DEN_COEFF"),
        " ".join(str(0.1 + n) for n in range(20)),
    ),
    "LINE_OFF": "50.5",
    "SAMP_OFF": "60.5",
    "ERR_BIAS": "1.0",
    "ERR_RAND": "2.0",
}
RPCS = tuple(sorted(RPC.items()))
GCPS = ((0.0, 0.0, 10.0, 50.0, 0.0), (0.0, 70.5, 11.0, 50.0, 3.5), (600.0, 0.0, 10.0, 49.0, 0.0))
WGS84 = rasterio.crs.CRS.from_epsg(4326).to_wkt()
# GeoTIFF has no keys for a rotated pole: GDAL puts it in a sidecar.
ROTATED_POLE = rasterio.crs.CRS.from_string(
    "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18 +ellps=WGS84"
).to_wkt()


@pytest.mark.parametrize(
    "place",
    [
        {"crs": UTM, "transform": NORTH_UP},
        {"crs": UTM, "transform": (0.5, 0.0, 1000.0, 0.0, 0.5, 2000.0)},
        {"crs": UTM, "transform": (0.4, 0.3, 1000.0, 0.3, -0.4, 2000.0)},
        {"crs": UTM},
        {"transform": NORTH_UP},
        {},
        {"gcps": GCPS, "gcps_crs": WGS84},
        {"gcps": GCPS},
        {"rpcs": RPCS},
        {"rpcs": RPCS, "crs": WGS84, "transform": NORTH_UP},
        {"crs": ROTATED_POLE, "transform": NORTH_UP},
        {"crs": rasterio.crs.CRS.from_string("EPSG:25832+7837").to_wkt(), "transform": NORTH_UP},
        {"crs": 'LOCAL_CS["site",UNIT["metre",1]]', "transform": NORTH_UP},
    ],
    ids=lambda place: "+".join(place) or "nowhere",
)
def test_the_place_of_the_input_is_the_place_of_the_output(tmp_path, place):
    spec = RasterSpec((600, 70), 1, "uint8", **place)
    write(tmp_path / "labels.tif", labels_of(spec.shape), spec)
    found = open_source(tmp_path / "labels.tif", InputConfig()).spec
    assert (found.shape, found.transform, found.gcps) == (spec.shape, spec.transform, spec.gcps)
    for got, wanted in ((found.crs, spec.crs), (found.gcps_crs, spec.gcps_crs)):
        assert (got is None) == (wanted is None)
        assert wanted is None or rasterio.crs.CRS.from_wkt(got) == rasterio.crs.CRS.from_wkt(wanted)
    numbers = [[float(number) for _, text in rpcs for number in text.split()] for rpcs in (found.rpcs, spec.rpcs)]
    np.testing.assert_allclose(*numbers, rtol=1e-13)
    assert [key for key, _ in found.rpcs] == [key for key, _ in spec.rpcs]
    # Nothing but a sidecar lies beside it.
    assert {name.removeprefix("labels.tif") for name in names(tmp_path)} <= {"", ".aux.xml"}


def test_a_transform_counts_where_there_are_control_points_too(tmp_path):
    spec = RasterSpec((60, 70), 1, "uint8", UTM, NORTH_UP, gcps=GCPS, gcps_crs=WGS84)
    write(tmp_path / "labels.tif", labels_of(spec.shape), spec)
    found = open_source(tmp_path / "labels.tif", InputConfig()).spec
    assert (found.transform, found.gcps) == (NORTH_UP, ())


def test_a_raster_that_is_there_is_replaced_with_its_sidecar(tmp_path):
    path = tmp_path / "labels.tif"
    path.write_bytes(b"old")
    Path(f"{path}.aux.xml").write_text("<PAMDataset/>", encoding="utf-8")
    write(path, labels_of(SPEC.shape))
    assert names(tmp_path) == ["labels.tif"]
    assert cog_validate(path)[0]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_of_a_raster_that_was_not_finished(tmp_path, error):
    path, scratch = tmp_path / "out" / "labels.tif", tmp_path / "work" / "labels.tif"
    path.parent.mkdir()
    path.write_bytes(b"old")

    def stop_half_way():
        with LabelWriter(path, SPEC, "uint8", scratch=scratch) as writer:
            writer.write(Box(0, 0, 600, 600), np.ones((600, 600), dtype=np.uint8))
            assert scratch.exists()
            raise error

    with pytest.raises(error):
        stop_half_way()
    assert path.read_bytes() == b"old"
    assert (names(path.parent), names(scratch.parent)) == (["labels.tif"], [])


def test_nothing_is_left_when_delivery_is_interrupted(tmp_path, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(rasterio.shutil, "copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "labels.tif", labels_of(SPEC.shape))
    assert names(tmp_path) == []


def test_the_remains_of_a_killed_run_are_removed(tmp_path):
    path = tmp_path / "labels.tif"
    script = (
        "import os, numpy; from pathlib import Path\n"
        "from pipeline.box import Box; from pipeline.raster.spec import RasterSpec\n"
        "from pipeline.raster.writer import LabelWriter\n"
        f"with LabelWriter(Path({str(path)!r}), RasterSpec((600, 600), 1, 'uint8'), 'uint8') as writer:\n"
        "    writer.write(Box(0, 0, 9, 9), numpy.ones((9, 9), 'uint8')); os._exit(9)\n"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", script], cwd=root, check=False).returncode == 9  # noqa: S603
    assert names(tmp_path) == [".labels.tif.part"]
    write(path, labels_of(SPEC.shape))
    assert names(tmp_path) == ["labels.tif"]


@pytest.mark.parametrize("megabytes", [0, 1, 2, 3, 5, 6, 7, 9, 10])
def test_a_full_disk_is_never_taken_for_success(tmp_path, megabytes):
    spec = RasterSpec((1500, 1300), 1, "uint8")
    # Noise, so that neither the scratch raster (9 MB) nor the result (10 MB) fits.
    labels = np.random.default_rng(0).integers(1, 2**31, spec.shape, dtype=np.uint32)
    path = tmp_path / "labels.tif"
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes * 10**6, unlimited[1]))
    try:
        with pytest.raises(OutputError, match="cannot be written") as caught:
            write(path, labels, spec, size=700, overviews="nearest")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert str(caught.value).startswith(str(path))
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file" / "labels.tif", labels_of(SPEC.shape))


def test_a_lost_block_is_found(tmp_path):
    path = tmp_path / "labels.tif"
    labels = labels_of(SPEC.shape)
    write(path, labels)
    written = [(Box(0, 0, 700, 1100), checksum(labels[:700])), (Box(700, 0, 1300, 1100), checksum(labels[700:]))]
    assert first_fault(path, written) is None
    labels[800, 5] += 1
    written[1] = (written[1][0], checksum(labels[700:]))
    assert first_fault(path, written) == "rows 700 to 1300, columns 0 to 1100 were lost on the way to disk"


def test_disk_space_is_estimated_for_the_worst_labels(tmp_path, monkeypatch):
    used = []
    copy = rasterio.shutil.copy

    def measured(source, target, **options):
        copy(source, target, **options)
        used.append(sum(file.stat().st_size for file in Path(target).parent.iterdir()))

    monkeypatch.setattr(rasterio.shutil, "copy", measured)
    for shape in [(1, 1), (700, 900), (1, 3000), (1500, 1300)]:
        labels = np.random.default_rng(0).integers(0, 2**32, shape, dtype=np.uint32)
        write(tmp_path / "labels.tif", labels, RasterSpec(shape, 1, "uint8"), overviews="nearest")
        # GDAL's own temporary overviews are gone by now; they are as large as those in the result.
        assert used[-1] <= scratch_bytes(shape, 4)
    assert used[-1] > scratch_bytes(shape, 4) / 2


def test_what_was_finished_before_appears_at_the_blocks_end_only(tmp_path):
    path, labels = tmp_path / "classes.tif", labels_of(SPEC.shape)
    with LabelWriter(path, SPEC, "uint8") as writer:
        writer.write(SPEC.scene, labels)
        writer.finish()
        writer.finish()
        assert not path.exists()
    with rasterio.open(path) as made:
        assert np.array_equal(made.read(1), labels)
    assert names(tmp_path) == ["classes.tif"]


def test_what_was_finished_does_not_appear_after_an_error(tmp_path):
    with pytest.raises(KeyError), LabelWriter(tmp_path / "classes.tif", SPEC, "uint8") as writer:  # noqa: PT012
        writer.write(SPEC.scene, labels_of(SPEC.shape))
        writer.finish()
        raise KeyError
    assert names(tmp_path) == []
