"""`aerialseg evaluate` as a user sees it."""

import json

import numpy as np
import pytest
from affine import Affine
from click.testing import CliRunner
from sklearn.cluster import KMeans

from pipeline.cli import commands
from pipeline.errors import InputError
from pipeline.raster.geotiff import write_geotiff


@pytest.fixture
def call(monkeypatch, tmp_path):
    """Give a function that runs `evaluate` on some words in an empty folder and returns what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        done = CliRunner().invoke(
            commands, ["evaluate", *map(str, words)], catch_exceptions=False, standalone_mode=False
        )
        return done.stdout

    return run


def put(path, numbers):
    write_geotiff(
        path,
        np.asarray(numbers, np.uint8)[None],
        crs="EPSG:32633",
        transform=(1.0, 0.0, 5e5, 0.0, -1.0, 54e5),
        tags={},
    )


def test_a_map_against_itself_is_perfect(call, tmp_path):
    put(tmp_path / "a.tif", np.arange(64).reshape(8, 8) // 20 + 1)
    shown = call("a.tif", "a.tif", "--json", "new/a.json")
    assert "best-match mIoU       1.000" in shown
    assert "within 1.5 m" in shown
    content = json.loads((tmp_path / "new" / "a.json").read_text())
    assert content["pooled"]["scores"]["ari"] == 1
    assert content["pooled"]["scores"]["labels"] == 4
    assert content["maps"][0]["truth"] == "a.tif"


def test_folders_and_ignored_values(call, tmp_path):
    for name in ("one", "two"):
        put(tmp_path / "out" / name / "classes.tif", [[1, 2, 2, 2]])
        put(tmp_path / "truth" / f"{name}_buildings.tif", [[0, 255, 255, 7]])
    shown = call("out", "truth", "--ignore", 7, "--ignore", 255)
    assert "2 pixels: 1 labels in 2 objects, 1 true classes in 2 objects" in shown
    assert {"one", "two", "mean", "pooled"} <= {line.split()[0] for line in shown.splitlines() if line}


def test_bad_input_is_an_error_of_ours_and_writes_nothing(call, tmp_path):
    put(tmp_path / "a.tif", np.ones((4, 4)))
    for words in (("a.tif", "none.tif"), ("none.tif", "a.tif"), ("a.tif", "."), ("a.tif", "a.tif", "--ignore", 1)):
        with pytest.raises(InputError):
            call(*words, "--json", "a.json")
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]


def test_real_buildings_against_clusters_of_colour(call, shared, tmp_path):
    import rasterio

    scenes = shared / "scenes"
    with rasterio.open(scenes / "inria_austin.tif") as dataset:
        window = rasterio.windows.Window(100, 200, 400, 300)
        pixels = dataset.read(window=window).reshape(3, -1).T
        place, crs = dataset.transform @ Affine.translation(100, 200), dataset.crs.to_string()
    labels = KMeans(6, n_init=1, random_state=0).fit_predict(pixels).reshape(1, 300, 400).astype(np.uint8) + 1
    write_geotiff(tmp_path / "labels.tif", labels, crs=crs, transform=tuple(place)[:6], tags={})
    # The truth covers more than the map does.
    call("labels.tif", scenes / "inria_austin_buildings.tif", "--json", "found.json")
    pooled = json.loads((tmp_path / "found.json").read_text())["pooled"]
    with rasterio.open(scenes / "inria_austin_buildings.tif") as dataset:
        truth = dataset.read(1, window=window)
    assert pooled["scores"]["pixels"] == truth.size
    building = pooled["scores"]["per_class"][1]
    assert (building["value"], building["pixels"]) == (255, int((truth == 255).sum()))
    union = np.isin(labels[0], building["union_labels"])
    shared_pixels = (union & (truth == 255)).sum()
    assert building["union_iou"] == pytest.approx(shared_pixels / (union | (truth == 255)).sum())


def test_real_land_cover_without_a_place_on_earth(call, shared):
    truth = shared / "scenes" / "landcover" / "001_classes.png"
    shown = call(truth, truth, "--ignore", 255, "--tolerance", 2)
    assert "within 2 px" in shown
    assert "ARI                   1.000" in shown
