import json
import math

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from pipeline.errors import ConfigError, InputError
from pipeline.measure.boundary import Tolerance
from pipeline.measure.comparison import compare
from pipeline.raster.geotiff import write_geotiff
from pipeline.run import evaluate
from pipeline.run.evaluate import Measuring, evaluate_pairs
from pipeline.run.pairing import Pair
from pipeline.run.scoreboard import describe
from pipeline.run.scorefile import to_json

UTM = (0.5, 0.0, 500000.0, 0.0, -0.5, 5400000.0)


def silent(_):
    pass


@pytest.fixture
def put(tmp_path):
    """Give a function that writes numbers (h, w) to a raster and returns its path."""

    def write(name, numbers, crs="EPSG:32633", transform=UTM):
        path = tmp_path / f"{name}.tif"
        write_geotiff(path, np.asarray(numbers, np.uint8)[None], crs=crs, transform=transform, tags={})
        return str(path)

    return write


@pytest.fixture
def patches():
    """Make labels 1 to 4 and classes 0 to 2 of 90 x 70 px, in patches of 10 px."""
    random = np.random.default_rng(1)
    labels, truth = (np.kron(random.integers(0, n, (7, 9)), np.ones((10, 10), int)) for n in (4, 3))
    return labels + 1, truth


def test_files_are_compared_as_arrays_are_whatever_the_windows(put, patches, monkeypatch):
    labels, truth = patches
    pair = Pair("town", put("labels", labels), put("truth", truth))
    # A pixel of 0.5 m in the projection has 0.5 / 0.9996 m on the ground, so that 1.6 m are 3.2 px.
    expected = compare(labels, truth, truth != 2, Tolerance(3.2))
    for window in (1024, 33):
        monkeypatch.setattr(evaluate, "_WINDOW", window)
        found = evaluate_pairs([pair], Measuring(tolerance=1.6, ignore=(2, 77)), silent)
        assert np.array_equal(found.pooled.table.pairs, expected.table.pairs)
        assert found.pooled.boundaries == expected.boundaries
        assert found.pooled.segments == expected.segments
        assert found.unit == "m"
    bins = {one.smallest: one.objects for one in found.pooled.objects if one.value == 0}
    assert list(bins) == [0, 10, 100, 1000, 10000]
    # Patches of 100 px have 25 m2.
    assert bins[0] == 0
    assert bins[10] > 0


def test_without_a_place_on_earth_lengths_are_pixels(put, patches):
    labels, truth = patches
    nowhere = {"crs": None, "transform": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)}
    pair = Pair("town", put("labels", labels, **nowhere), put("truth", truth))
    found = evaluate_pairs([pair], Measuring(tolerance=3), silent)
    assert found.unit == "px"
    assert found.pooled.boundaries == compare(labels, truth, None, Tolerance(3)).boundaries
    assert "within 3 px" in describe(found, Measuring(tolerance=3))


def test_several_maps_are_told_apart_and_pooled(put, patches):
    labels, truth = patches
    pairs = [
        Pair("good", put("labels", truth + 1), put("truth", truth)),
        Pair("bad", put("labels2", labels), put("truth2", truth)),
    ]
    said = []
    found = evaluate_pairs(pairs, Measuring(), said.append)
    assert [line.split(":")[0] for line in said] == ["good", "bad"]
    good, bad = (one.summary.scores.ari for one in found.compared)
    assert good == 1
    assert bad < found.summary.scores.ari < good
    text = describe(found, Measuring())
    lines = {line.split()[0]: line for line in text.splitlines() if line}
    assert {"good", "bad", "mean", "pooled"} <= set(lines)
    assert f"{(good + bad) / 2:.3f}" in lines["mean"]
    content = to_json(found, Measuring())
    assert content["mean"]["ari"] == pytest.approx((good + bad) / 2)
    assert content["pooled"]["scores"]["pixels"] == 2 * truth.size
    assert [one["name"] for one in content["maps"]] == ["good", "bad"]


def test_0_is_a_label_where_nodata_is_another(tmp_path, put):
    import rasterio

    path = tmp_path / "zero.tif"
    options = {"driver": "GTiff", "count": 1, "height": 1, "width": 4, "dtype": "uint8", "crs": "EPSG:32633"}
    with rasterio.open(path, "w", nodata=255, transform=Affine(*UTM), **options) as file:
        file.write(np.array([[[0, 0, 1, 255]]], np.uint8))
    said = []
    found = evaluate_pairs([Pair("zero", str(path), put("truth", [[5, 5, 6, 6]]))], Measuring(), said.append)
    assert found.pooled.table.pairs.tolist() == [[1, 5, 2], [2, 6, 1]]
    assert "counted one up" in said[0]


def test_figures_that_do_not_exist_are_null_and_a_dash(put):
    flat = np.ones((9, 9))
    found = evaluate_pairs([Pair("flat", put("labels", flat), put("truth", flat))], Measuring(), silent)
    assert math.isnan(found.summary.boundary_f)
    content = json.loads(json.dumps(to_json(found, Measuring()), allow_nan=False))
    assert content["pooled"]["boundary_f"] is None
    assert content["mean"]["boundary_f"] is None
    assert any(
        line.split() == ["boundary", "F", "-", "within", "1.5", "m"]
        for line in describe(found, Measuring()).splitlines()
    )


def test_counts_stand_beside_the_scores(put, patches):
    labels, truth = patches
    found = evaluate_pairs([Pair("town", put("labels", labels), put("truth", truth))], Measuring(), silent)
    summary = found.summary
    first = describe(found, Measuring()).splitlines()[0]
    assert first == (
        f"6,300 pixels: 4 labels in {summary.label_objects} objects, 3 true classes in {summary.true_objects} objects"
    )


def test_polygons_with_texts_keep_their_names(tmp_path, put):
    labels = np.ones((20, 20))
    labels[:, 10:] = 2
    square = [[500000, 5399990], [500005, 5399990], [500005, 5400000], [500000, 5400000], [500000, 5399990]]
    feature = {
        "type": "Feature",
        "properties": {"kind": "roof"},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    truth = tmp_path / "truth.geojson"
    truth.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    measuring = Measuring(attribute="kind")
    found = evaluate_pairs([Pair("town", put("labels", labels), str(truth))], measuring, silent)
    assert found.pooled.table.pairs.tolist() == [[1, 1, 200], [2, 0, 200]]
    assert "1 roof" in describe(found, measuring)
    assert to_json(found, measuring)["class_names"] == {"1": "roof"}


def test_what_cannot_be_measured_is_one_sentence(put, patches):
    labels, truth = patches
    pair = Pair("town", put("labels", labels), put("truth", truth))
    with pytest.raises(InputError, match="has no pixel to compare"):
        evaluate_pairs([pair], Measuring(ignore=(0, 1, 2)), silent)
    with pytest.raises(ConfigError, match="--tolerance -1: must be 0 or more"):
        evaluate_pairs([pair], Measuring(tolerance=-1), silent)
    with pytest.raises(ConfigError, match="--tolerance 1000: is 2001 pixels"):
        evaluate_pairs([pair], Measuring(tolerance=1000), silent)


def test_a_truth_on_another_grid_hardly_changes_the_figures(shared, tmp_path):
    import rasterio
    from rasterio.vrt import WarpedVRT

    truth = shared / "scenes" / "inria_austin_buildings.tif"
    with rasterio.open(shared / "scenes" / "inria_austin.tif") as dataset:
        image, place = dataset.read().astype(int), dataset.transform
    labels = str(tmp_path / "labels.tif")
    write_geotiff(
        tmp_path / "labels.tif",
        (image.sum(0) // 128 + 1).astype(np.uint8)[None],
        crs="EPSG:26914",
        transform=tuple(place)[:6],
        tags={},
    )
    other = tmp_path / "other.tif"
    with (
        rasterio.open(truth) as dataset,
        WarpedVRT(dataset, crs=CRS.from_epsg(4326)) as warped,
        rasterio.open(
            other,
            "w",
            driver="GTiff",
            count=1,
            dtype="uint8",
            crs=warped.crs,
            transform=warped.transform,
            width=warped.width,
            height=warped.height,
        ) as written,
    ):
        written.write(warped.read(1), 1)
    here, there = (
        evaluate_pairs([Pair("austin", labels, str(path))], Measuring(), silent).summary for path in (truth, other)
    )
    assert here.scores.classes == there.scores.classes == 2
    assert there.scores.union_miou == pytest.approx(here.scores.union_miou, abs=0.01)
    assert there.boundary_f == pytest.approx(here.boundary_f, abs=0.02)
