"""Whole runs, from a file to files."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image
from rasterio.windows import Window
from rio_cogeo.cogeo import cog_validate

from pipeline.box import Box
from pipeline.cluster import InProcess
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.errors import ConfigError, InputError, OutputError, ResourceError
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene


def test_outputs_have_the_scenes_place_and_are_valid(run, scene_file):
    result = run(scene_file, "tiles.size=128", "tiles.halo=32")
    assert [path.name for path in result.outputs] == [
        "classes.tif",
        "finest.tif",
        "preview.png",
        "prior.pt",
        "run.json",
        "manifest.json",
    ]
    with rasterio.open(scene_file) as scene, rasterio.open(result.outputs[0]) as classes:
        assert classes.shape == scene.shape
        assert classes.crs == scene.crs
        assert classes.transform == scene.transform
        assert classes.dtypes == ("uint8",)
        assert classes.nodata == 0
        labels = classes.read(1)
        colours = classes.colormap(1)
        image = scene.read()
    assert cog_validate(result.outputs[0], strict=True)[0]
    assert labels.min() == 1
    assert len(np.unique(labels)) == result.classes >= 2
    # A class is shown in the mean colour of its pixels; the sample is a part of the scene, hence the tolerance.
    share = np.bincount(labels.ravel()) / labels.size
    for value in np.flatnonzero(share > 0.1):
        assert np.abs(image[:, labels == value].mean(1) - colours[value][:3]).max() < 20
    with Image.open(result.outputs[2]) as preview:
        assert preview.size == (2 * 400 + 8, 300)


def test_the_manifest_tells_all_of_the_run(run, scene_file):
    result = run(scene_file, "tiles.size=128", "tiles.halo=32", "seed=5", "train.min_labels=1")
    manifest = json.loads(result.outputs[-1].read_text())
    assert manifest["config"]["seed"] == 5
    assert manifest["versions"] == versions()
    assert [(tile["row"], tile["column"]) for tile in manifest["tiles"]] == [
        (row, column) for row in range(3) for column in range(3)
    ]
    assert sum(entry["pixels"] for entry in manifest["classes"]) == 400 * 300
    assert sum(entry["share"] for entry in manifest["classes"]) == pytest.approx(1, abs=1e-4)
    assert manifest["nodata_pixels"] == 0
    assert len(manifest["prior"]["course"]["losses"]) == 6
    assert manifest["prior"]["course"]["losses"][0] > manifest["prior"]["course"]["losses"][-1]
    with rasterio.open(result.outputs[0]) as classes:
        tags = classes.tags()
    assert tags["AERIALSEG_CONFIG"] == manifest["config_fingerprint"]
    assert tags["AERIALSEG_SEED"] == "5"
    assert tags["AERIALSEG_INPUT"] == "village.tif"


def test_no_work_is_left_unless_wanted(run, scene_file, tmp_path):
    run(scene_file)
    assert sorted(path.name for path in (tmp_path / "out/village").iterdir()) == [
        "classes.tif", "finest.tif", "manifest.json", "preview.png", "prior.pt", "run.json",
    ]  # fmt: skip
    run(scene_file, work=tmp_path / "work", keep_work=True)
    (kept,) = (tmp_path / "work").iterdir()
    assert kept.name.startswith("village-")
    assert len(list((kept / "tiles").iterdir())) == 1


@pytest.mark.parametrize("scope", ["shared", "adapt", "independent"])
def test_bytes_do_not_depend_on_workers_or_on_when(run, scene_file, scope):
    settings = ["tiles.size=160", "tiles.halo=32", f"train.scope={scope}"]
    first = run(scene_file, *settings, out="first").outputs[0].read_bytes()
    assert run(scene_file, *settings, out="again").outputs[0].read_bytes() == first
    assert run(scene_file, *settings, "cluster.workers=1", out="one").outputs[0].read_bytes() == first
    assert run(scene_file, *settings, "cluster.workers=2", out="two").outputs[0].read_bytes() == first


def test_workers_that_share_a_gpu_give_the_same_bytes(run, scene_file):
    settings = ["tiles.size=64", "tiles.halo=32"]
    alone = run(scene_file, *settings, out="alone")
    sharing = ["cluster.gpus=[0]", "cluster.per_gpu=2", "cluster.device=cpu", "cluster.workers=1"]
    shared = run(scene_file, *settings, *sharing, out="shared")
    assert shared.outputs[0].read_bytes() == alone.outputs[0].read_bytes()
    told = json.loads(shared.outputs[-2].read_text())
    assert told["gpus"] == ["0"]
    # The third pre-segments.
    assert len({tile["worker"] for tile in told["tiles"]}) == 2


def test_the_seed_matters(run, scene_file):
    first = run(scene_file, out="first").outputs[0].read_bytes()
    assert run(scene_file, "seed=1", out="other").outputs[0].read_bytes() != first


def test_independent_tiles_on_two_rehearsed_gpus(run, scene_file):
    settings = ["tiles.size=160", "tiles.halo=32", "train.scope=independent", "train.patch=0"]
    alone = run(scene_file, *settings, out="alone")
    result = run(scene_file, *settings, "cluster.gpus=[0,1]", "cluster.device=cpu", "cluster.workers=1", out="gpus")
    assert result.outputs[0].read_bytes() == alone.outputs[0].read_bytes()
    manifest = json.loads(result.outputs[-1].read_text())
    assert json.loads(result.outputs[-2].read_text())["gpus"] == ["0", "1"]
    assert manifest["prior"] is None
    for tile in manifest["tiles"]:
        assert len(tile["losses"]) == len(tile["label_counts"]) >= 1
        assert tile["losses"][0] > 0


def test_independent_labels_stay_apart_within_a_tile(run, scene_file):
    """Matching never merges two labels of one tile, so a lone tile keeps all of them."""
    result = run(scene_file, "train.scope=independent", "tiles.size=512")
    manifest = json.loads(result.outputs[-1].read_text())
    assert result.finest == manifest["tiles"][0]["labels"]


def test_a_prior_gives_its_classes_to_another_scene(run, scene_file):
    first = run(scene_file, out="first")
    prior = first.outputs[3]
    again = run(scene_file, f"prior.file={prior}", out="again")
    assert _pixels(again.outputs[0]).tobytes() == _pixels(first.outputs[0]).tobytes()
    assert again.outputs[3].read_bytes() == prior.read_bytes()
    part = run(scene_file, f"prior.file={prior}", "seed=9", out="part", window=Box(40, 60, 260, 380))
    with rasterio.open(first.outputs[0]) as whole, rasterio.open(part.outputs[0]) as cut:
        assert cut.colormap(1) == whole.colormap(1)
        expected = whole.read(1, window=Window(60, 40, 320, 220))
        # Only pre-segments near the cut differ.
        assert np.mean(cut.read(1) == expected) > 0.9


def test_the_prior_does_not_depend_on_tiles(run, scene_file):
    first = run(scene_file, "tiles.size=128", "tiles.halo=32", "tiles.offset=[50,70]", out="first")
    other = run(scene_file, out="other")
    assert first.outputs[3].name == "prior.pt"
    assert first.outputs[3].read_bytes() == other.outputs[3].read_bytes()


def test_a_prior_must_fit_the_scene(run, scene_file, tmp_path):
    prior = run(scene_file).outputs[3]
    with pytest.raises(ConfigError, match="scope"):
        run(scene_file, f"prior.file={prior}", "train.scope=independent")
    with pytest.raises(ConfigError, match=r"input\.bands"):
        run(scene_file, f"prior.file={prior}", "input.bands=[3,2,1]")
    grey = tmp_path / "grey.tif"
    with rasterio.open(grey, "w", driver="GTiff", width=80, height=80, count=1, dtype="uint8") as file:
        file.write(np.zeros((1, 80, 80), dtype=np.uint8))
    with pytest.raises(InputError, match="band"):
        run(grey, f"prior.file={prior}")


def test_a_window_is_a_scene_of_its_own(run, scene_file):
    result = run(scene_file, window=Box(100, 50, 228, 250))
    with rasterio.open(scene_file) as scene, rasterio.open(result.outputs[0]) as classes:
        assert classes.shape == (128, 200)
        assert classes.transform == scene.transform @ Affine.translation(50, 100)
    bounds = (500000 + 50 * 0.3, 5400000 - 228 * 0.3, 500000 + 250 * 0.3, 5400000 - 100 * 0.3)
    same = run(scene_file, bounds=bounds, out="bounds")
    assert _pixels(same.outputs[0]).tobytes() == _pixels(result.outputs[0]).tobytes()


def test_nodata_stays_outside(run, tmp_path, scene_file):
    with rasterio.open(scene_file) as scene:
        image, profile = scene.read(), scene.profile
    outside = np.hypot(*np.indices(image.shape[1:]) - np.array([150, 200])[:, None, None]) > 140
    image = np.maximum(image, 1)
    image[:, outside] = 0
    path = tmp_path / "collar.tif"
    with rasterio.open(path, "w", **profile) as file:
        file.write(image)
    result = run(path, "input.nodata=0", "tiles.size=96", "tiles.halo=32")
    assert np.array_equal(_pixels(result.outputs[0]) == 0, outside)
    assert result.counts.nodata == outside.sum()


def test_a_scene_without_valid_pixels_is_all_nodata(run, tmp_path):
    path = tmp_path / "empty.tif"
    with rasterio.open(path, "w", driver="GTiff", width=70, height=50, count=3, dtype="uint16", nodata=7) as file:
        file.write(np.full((3, 50, 70), 7, dtype=np.uint16))
    for scope in ("shared", "adapt", "independent"):
        result = run(path, f"train.scope={scope}", out=scope)
        assert result.classes == 0
        assert not _pixels(result.outputs[0]).any()


def test_interrupted_work_is_gone_on_with(run, scene_file, tmp_path, quick):
    """What a broken run has finished is not done again, and the result is that of an unbroken one."""
    settings = ["tiles.size=128", "tiles.halo=32"]
    expected = run(scene_file, *settings, out="whole").outputs[0].read_bytes()
    config = load_config(None, [*quick, *settings])
    scene = Scene(scene_file.stem, str(scene_file))
    plan = plan_scene(scene, config, Options(out=tmp_path / "out", work=tmp_path / "work", keep_work=True), versions())

    class Interrupted(Exception):  # noqa: N818 - stands for a kill
        pass

    class Breaking(InProcess):
        def map(self, stages, jobs, work):
            for count, result in enumerate(super().map(stages, jobs, work)):
                if count == 2:
                    raise Interrupted
                yield result

    with pytest.raises(Interrupted):
        segment_scene(plan, Breaking())
    assert not plan.out.exists()
    records = sorted((plan.work.root / "tiles").iterdir())
    assert len(records) == 3
    stamps = [path.stat().st_mtime_ns for path in [plan.work.prior, *records]]
    result = segment_scene(plan, InProcess())
    assert result.outputs[0].read_bytes() == expected
    assert [path.stat().st_mtime_ns for path in [plan.work.prior, *records]] == stamps


def test_what_cannot_fit_is_refused_before_work(run, scene_file, tmp_path):
    with pytest.raises(ResourceError, match=r"tiles\.size"):
        run(scene_file, "cluster.memory=0.1")
    with pytest.raises(ConfigError, match=r"tiles\.halo"):
        run(scene_file, "tiles.halo=1")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        run(scene_file, out="file")
    with pytest.raises(OutputError, match="choose another --out"):
        run(scene_file, out="x" * 300)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def _pixels(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)
