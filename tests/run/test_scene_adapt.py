"""Whole runs of scope adapt."""

import json

import numpy as np
import pytest
import rasterio

ADAPT = ["train.scope=adapt", "tiles.size=160", "tiles.halo=32", "train.adapt_steps=4", "train.start_steps=40"]


def labels_of(result):
    with rasterio.open(result.outputs[0]) as file:
        return file.read(1)


def tiles_of(result):
    return json.loads(result.outputs[-1].read_text())["tiles"]


def test_the_manifest_tells_of_every_tiles_training(run, scene_file):
    result = run(scene_file, *ADAPT)
    assert [path.name for path in result.outputs] == [
        "classes.tif",
        "finest.tif",
        "preview.png",
        "prior.pt",
        "run.json",
        "manifest.json",
    ]
    for tile in tiles_of(result):
        assert len(tile["losses"]) == len(tile["label_counts"]) == 4
        assert tile["ended"] in ("steps", "classes")
        assert 0 <= tile["kept"] <= 3
        assert 0 <= tile["changed"] < 1
    assert any(tile["changed"] > 0 for tile in tiles_of(result))


def test_classes_are_the_priors(run, scene_file):
    """Tiles move away from the shared map, but class 3 is class 3."""
    shared = run(scene_file, *ADAPT, "train.scope=shared", out="shared")
    adapted = run(scene_file, *ADAPT, out="adapted")
    assert adapted.outputs[3].read_bytes() == shared.outputs[3].read_bytes()
    before, after = labels_of(shared), labels_of(adapted)
    assert 0.7 < np.mean(before == after) < 1
    for value in np.unique(before):
        if np.mean(before == value) > 0.05:
            assert np.bincount(after[before == value]).argmax() == value
    given = run(scene_file, *ADAPT, f"prior.file={shared.outputs[3]}", out="given")
    assert np.array_equal(labels_of(given), after)


def test_a_tile_without_pixels_trains_nothing(run, tmp_path, scene_file):
    path = tmp_path / "half.tif"
    with rasterio.open(scene_file) as scene:
        image, profile = scene.read(), scene.profile
    image[:, :, 180:] = 0
    with rasterio.open(path, "w", **(profile | {"nodata": 0})) as file:
        file.write(image)
    result = run(path, *ADAPT)
    assert np.array_equal(labels_of(result) == 0, (image == 0).any(0))
    tiles = tiles_of(result)
    empty = [tile for tile in tiles if tile["valid"] == 0]
    assert empty
    assert all(tile["losses"] == [] and tile["ended"] == "" and tile["changed"] == 0 for tile in empty)
    assert all(len(tile["losses"]) == 4 for tile in tiles if tile["valid"] > 160 * 100)


def test_rehearsed_gpus_give_the_same_bytes(run, scene_file):
    alone = run(scene_file, *ADAPT, out="alone")
    gpus = run(scene_file, *ADAPT, "cluster.gpus=[0,1]", "cluster.device=cpu", "cluster.workers=1", out="gpus")
    assert gpus.outputs[0].read_bytes() == alone.outputs[0].read_bytes()
    assert json.loads(gpus.outputs[-2].read_text())["gpus"] == ["0", "1"]


@pytest.mark.parametrize("share", [0.0, 0.01])
def test_no_tile_loses_a_class(run, scene_file, share):
    """Even at a step width that merges everything, the scene has the classes that the frozen network gives it."""
    settings = [*ADAPT, f"train.label_share={share}"]
    shared = run(scene_file, *settings, "train.scope=shared", out="shared")
    steep = run(scene_file, *settings, "train.adapt_rate=1", out="steep")
    assert any(tile["ended"] == "classes" for tile in tiles_of(steep))
    before, after = labels_of(shared), labels_of(steep)
    assert {value for value in np.unique(before) if np.mean(before == value) > 0.02} <= set(np.unique(after))
