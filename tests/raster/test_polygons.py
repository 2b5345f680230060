import warnings

import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from rasterio.warp import transform

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.numbers import open_numbers
from pipeline.raster.truth import open_truth

UTM, PLACE, SHAPE = "EPSG:32633", Affine(1, 0, 500000, 0, -1, 5400000), (40, 60)
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile", ".fgb": "FlatGeobuf", ".json": "GeoJSON"}


@pytest.fixture
def labels(make_raster):
    return open_numbers(make_raster(np.ones((1, *SHAPE), "uint8"), "labels.tif", crs=UTM, transform=PLACE))


@pytest.fixture
def write(tmp_path):
    """Give a function that writes boxes (top, left, bottom, right) in pixels as polygons and returns the path."""

    def make(boxes, suffix=".gpkg", *, crs=UTM, kind="Polygon", **fields):
        shapes = [
            shapely.box(500000 + left, 5400000 - bottom, 500000 + right, 5400000 - top)
            for top, left, bottom, right in boxes
        ]
        if crs not in (UTM, None):
            shapes = shapely.transform(shapes, lambda xy: np.column_stack(transform(UTM, crs, *xy.T)))
        path = tmp_path / f"truth{suffix}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a file without a reference system
            pyogrio.raw.write(
                path,
                shapely.to_wkb(shapes if kind == "Polygon" else shapely.centroid(shapes)),
                [np.array(values) for values in fields.values()],
                list(fields),
                driver=DRIVERS[suffix],
                geometry_type=kind,
                crs=crs,
            )
        return path

    return make


BOXES = [(2, 3, 10, 20), (20, 10, 35, 55), (8, 40, 12, 44)]


def burnt(values=(1, 1, 1)):
    expected = np.zeros(SHAPE, int)
    for (top, left, bottom, right), value in zip(BOXES, values, strict=True):
        expected[top:bottom, left:right] = value
    return expected


@pytest.mark.parametrize("suffix", DRIVERS)
def test_all_that_is_inside_is_class_1(write, labels, suffix):
    crs = UTM if suffix not in (".geojson", ".json") else "EPSG:4326"
    classes, known = open_truth(write(BOXES, suffix, crs=crs), labels).read(Box(0, 0, *SHAPE))
    assert np.array_equal(classes, burnt())
    assert known.all()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32632"])
def test_other_reference_systems_are_brought_to_that_of_the_labels(write, labels, crs):
    # Moved by a fifth of a pixel, so that no edge runs through pixel centres or near them.
    classes, _ = open_truth(write(BOXES, crs=crs), labels).read(Box(0, 0, *SHAPE))
    assert np.array_equal(classes, burnt())


def test_windows_are_cut_from_the_same_whole(write, labels):
    truth = open_truth(write(BOXES, crs="EPSG:3857", kind="Polygon", code=[4, 300, -7]), labels, "code")
    for tile in Grid(SHAPE, 16, 3):
        classes, _ = truth.read(tile.read)
        assert np.array_equal(classes, burnt((4, 300, -7))[tile.read.slices(Box(0, 0, *SHAPE))])


def test_texts_are_numbered_in_their_order(write, labels):
    truth = open_truth(write(BOXES, kind="Polygon", what=np.array(["road", "house", "road"], object)), labels, "what")
    assert truth.names == {1: "house", 2: "road"}
    classes, _ = truth.read(Box(0, 0, *SHAPE))
    assert np.array_equal(classes, burnt((2, 1, 2)))


def test_polygons_without_a_class_are_not_known(write, labels):
    for missing in (np.array([1.0, np.nan, 2.0]), np.array(["1", None, "2"], object)):
        classes, known = open_truth(write(BOXES, code=missing), labels, "code").read(Box(0, 0, *SHAPE))
        hidden = burnt((0, 1, 0)) == 1
        assert np.array_equal(known, ~hidden)
        assert np.array_equal(classes[known], burnt((1, 0, 2))[known])


@pytest.mark.parametrize(
    ("options", "field", "sentence"),
    [
        (
            {"crs": "EPSG:4326", "suffix": ".gpkg", "kind": "Point"},
            None,
            "holds geometries of type Point; give polygons",
        ),
        ({"crs": None}, None, "has no reference system"),
        ({"code": [1, 2, 3]}, "kind", "has no field kind; its fields are code"),
        ({}, "kind", "has no field kind; it has none"),
        ({"share": [0.5, 1.0, 2.0]}, "share", "neither whole numbers nor texts"),
    ],
)
def test_what_is_no_truth_is_refused(write, labels, options, field, sentence):
    path = write(BOXES, **options)
    with pytest.raises(InputError, match=sentence):
        open_truth(path, labels, field)


def test_polygons_elsewhere_are_refused(write, labels):
    with pytest.raises(InputError, match="no polygon overlaps"):
        open_truth(write([(9000, 9000, 9010, 9010)]), labels)


def test_several_layers_are_refused(write, labels):
    path = write(BOXES)
    pyogrio.raw.write(
        path,
        shapely.to_wkb([shapely.box(0, 0, 1, 1)]),
        [],
        [],
        layer="more",
        append=True,
        crs=UTM,
        geometry_type="Polygon",
    )
    with pytest.raises(InputError, match=r"has 2 layers \(truth, more\)"):
        open_truth(path, labels)


def test_broken_and_missing_files_are_one_sentence(tmp_path, labels):
    with pytest.raises(InputError, match="there is no such file"):
        open_truth(tmp_path / "none.gpkg", labels)
    (tmp_path / "bad.geojson").write_text("{")
    with pytest.raises(InputError, match=r"bad.geojson: cannot be opened as vector polygons \("):
        open_truth(tmp_path / "bad.geojson", labels)


def test_polygons_need_labels_with_a_place(write, make_raster):
    labels = open_numbers(make_raster(np.ones((1, *SHAPE), "uint8")))
    with pytest.raises(InputError, match="has no place on earth to lay the polygons"):
        open_truth(write(BOXES), labels)


def test_tables_without_geometry_are_beside_the_point(write, labels):
    """As that of a layer's styles, which our own GeoPackages and those of QGIS have."""
    path = write(BOXES)
    pyogrio.raw.write(path, None, [np.array(["style"])], ["name"], layer="layer_styles", driver="GPKG", append=True)
    assert len(pyogrio.list_layers(path)) == 2
    truth = open_truth(path, labels, None)
    assert np.array_equal(truth.read(Box(0, 0, *SHAPE))[0], burnt())
