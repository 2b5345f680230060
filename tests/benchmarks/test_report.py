from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from benchmarks.comparison.cache import Cache, Entry, Result
from benchmarks.comparison.catalogue import paired_scenes, synthetic_scene
from benchmarks.comparison.method import COUNTS
from benchmarks.comparison.methods import methods
from benchmarks.comparison.report import write_report
from benchmarks.comparison.rows import find_rows
from benchmarks.comparison.scenes import read_sample
from benchmarks.comparison.scoring import Marks, mark
from benchmarks.comparison.sheets import in_mean_colours
from pipeline.config import TrainConfig

OURS = TrainConfig().scope
FOUND = methods("a state")
SCORES = {OURS: 0.4, "alternating": 0.3, "kmeans-colour": 0.45, "felzenszwalb": 0.1}


@pytest.fixture
def drawn(tmp_path):
    return synthetic_scene(tmp_path / "cache")


@pytest.fixture
def scenes(drawn):
    """Give four scenes that are one, under the names that bars are set for, and the one for the picture."""
    places = [("landcover", "001"), ("landcover", "003"), ("banepa", "banepa-1"), ("austin", "inria_austin")]
    return [*(replace(drawn, group=group, name=name) for group, name in places), drawn]


def fill(cache, scenes, scores):
    for name, score in scores.items():
        for scene in scenes:
            for seed in (0, 1) if FOUND[name].seeded else (0,):
                results = []
                for asked in COUNTS:
                    lost = name == "alternating" and asked == 4
                    marks = Marks(asked, score + seed / 100, score, score, 0.1, 0.2, 0.3, 0.4)
                    note = "not reached within 9 steps: 6 labels left" if lost else ""
                    results.append(Result(asked, 2.0, 3, note, None if lost else marks))
                entry = Entry(name, scene.group, scene.name, seed, 9, tuple(results))
                labels = read_sample(scene).truth.astype(np.uint16)
                cache.save(FOUND[name], scene, entry, {8: labels})


@pytest.fixture
def report(tmp_path, scenes):
    cache = Cache(tmp_path / "cache")
    fill(cache, scenes, SCORES)
    path = tmp_path / "docs" / "quality.md"
    write_report(path, cache, FOUND, scenes, [0, 1])
    return path


def test_the_report_says_how_far_the_bars_are(report):
    text = report.read_text()
    assert "landcover, 8 labels, mIoU: 1.33 times the published `alternating` (images: 2); the bar of 1.05" in text
    assert "the bar of 1.2 is reached, the goal of 1.5 missed" in text
    assert "banepa, 16 labels, buildings against published, `alternating`: ahead, +0.100" in text
    assert "banepa, 16 labels, buildings against k-means, colour: not ahead, -0.050" in text
    assert "compound, 16 labels, buildings against k-means, colour: nothing to compare yet" in text


def test_the_report_says_where_ours_is_behind(report):
    text = report.read_text()
    assert "- landcover, 8 labels: behind k-means, colour (mIoU by 0.050, ARI by 0.050, buildings by 0.050)." in text
    assert "- austin, 8 labels: behind k-means, colour (mIoU by 0.050, one image" in text
    assert "behind published" not in text


def test_the_report_shows_means_differences_and_gaps(report):
    text = report.read_text()
    assert (
        "| published, `alternating` | 16.0 (16 to 16) | 0.305 ± 0.005 | 0.300 ± 0.000 | 0.300 ± 0.000 | 2.0 | 4 |"
        in text
    )
    assert "| published, `alternating` |  |  |  |  |  | 0 of 4, else not reached |" in text
    assert "| k-means, colour: ARI | -0.050 [-0.050, -0.050] | -0.050 [-0.050, -0.050] |" in text
    assert "- published, TIP 2020, landcover: 0 of 4 runs." in text
    assert "felzenszwalb alone, landcover: 0 of" not in text
    with Image.open(report.with_suffix(".jpg")) as picture:
        assert picture.format == "JPEG"
        assert picture.width > 3 * 512
    assert report.with_suffix(".jpg").stat().st_size < 400_000


def test_results_of_another_state_are_used_and_told_of(tmp_path, scenes):
    cache = Cache(tmp_path / "cache")
    fill(cache, scenes, {OURS: 0.4})
    changed = methods("another state")
    found = find_rows(cache, changed.values(), scenes, [0, 1])
    assert found.outdated == (OURS,)
    assert len(found.of(OURS, "landcover", 8)) == 4
    path = tmp_path / "quality.md"
    write_report(path, cache, changed, scenes, [0, 1])
    assert f"has changed since these were measured: {FOUND[OURS].title}" in path.read_text()


def test_a_map_that_is_the_truth_has_full_marks(drawn):
    sample = read_sample(drawn)
    marks = mark(sample.truth.astype(np.uint16), sample, drawn)
    assert (marks.miou, marks.ari, marks.union, marks.variation) == pytest.approx((1, 1, 1, 0))
    assert marks.labels == len(np.unique(sample.truth))
    none = mark(sample.truth.astype(np.uint16), sample, replace(drawn, buildings=99))
    assert none.union is None
    fewer = mark(sample.truth.astype(np.uint16), sample, replace(drawn, ignore=(1,)))
    assert fewer.labels == marks.labels


def test_mean_colours_are_those_of_the_pixels(drawn):
    sample = read_sample(drawn)
    painted = in_mean_colours(sample.truth, sample)
    here = sample.truth == sample.truth[0, 0]
    assert painted[0, 0] == pytest.approx(sample.image[:, here].mean(1) * 255, abs=0.51)
    assert len(np.unique(painted[here], axis=0)) == 1


def test_folders_are_paired_by_name(tmp_path, drawn):
    images, truths = tmp_path / "images", tmp_path / "gt"
    for folder, name, source in (
        (images, "a.tif", drawn.image),
        (images, "alone.tif", drawn.image),
        (truths, "a_mask.tif", drawn.truth),
    ):
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(source.read_bytes())
    (scene,) = paired_scenes(images, truths, (255,))
    assert (scene.id, scene.truth, scene.ignore) == ("images/a", truths / "a_mask.tif", (255,))
    assert scene.buildings == read_sample(drawn).truth.max()
    with pytest.raises(ValueError, match="no image has a truth of its name"):
        paired_scenes(truths, images, ())
