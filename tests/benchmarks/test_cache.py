import os
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.comparison.cache import Cache, Entry, Result, key
from benchmarks.comparison.method import Method
from benchmarks.comparison.scenes import Scene
from benchmarks.comparison.scoring import Marks
from benchmarks.comparison.work import plan_jobs
from pipeline.box import Box

MARKS = Marks(4, 0.5, 0.25, None, 0.4, 0.8, 0.3, 2.0)
METHOD = Method("some", "Some", {"scale": 3}, lambda _: [], cost=1, work=10)


@pytest.fixture
def scene(tmp_path):
    image = tmp_path / "image.tif"
    image.write_bytes(b"pixels")
    return Scene("group", "a.b", image, image, Box(0, 0, 20, 30))


def entry(note="", steps=5, seed=1):
    marks = None if note else MARKS
    return Entry("some", "group", "a.b", seed, steps, (Result(8, 1.5, None if note else 3, note, marks),))


def test_what_is_saved_is_loaded(tmp_path, scene):
    cache = Cache(tmp_path / "cache")
    labels = np.arange(6, dtype=np.uint16).reshape(2, 3)
    assert cache.load(METHOD, scene, 1) is None
    assert cache.maps(METHOD, scene, 1) == {}
    cache.save(METHOD, scene, entry(), {8: labels})
    assert cache.load(METHOD, scene, 1) == entry()
    assert np.array_equal(cache.maps(METHOD, scene, 1)[8], labels)
    assert cache.load(METHOD, scene, 2) is None
    assert cache.load(METHOD, replace(scene, window=Box(0, 0, 20, 29)), 1) is None


def test_a_key_follows_from_the_settings_alone():
    assert key({"a": 1, "b": (2, 3)}) == key({"b": [2, 3], "a": 1})
    assert key({"a": 1}) != key({"a": 2})


def test_other_settings_are_another_state(tmp_path, scene):
    cache, changed = Cache(tmp_path / "cache"), replace(METHOD, settings={"scale": 4})
    assert cache.latest(METHOD) is None
    cache.save(METHOD, scene, entry(), {})
    assert cache.load(changed, scene, 1) is None
    # What there is can still be read, by its own key.
    assert cache.latest(changed) == cache.latest(METHOD) == key(METHOD.settings)
    assert cache.load(changed, scene, 1, cache.latest(changed)) == entry()
    cache.save(changed, scene, entry(), {})
    newest = replace(METHOD, settings={"scale": 5})
    os.utime(tmp_path / "cache" / "some" / key(METHOD.settings), (0, 0))
    assert cache.latest(newest) == key(changed.settings)


@pytest.mark.parametrize(
    ("saved", "steps", "missing"),
    [
        (entry(), 99, 0),
        (entry("not reached within 5 steps: 9 labels left"), 5, 0),
        (entry("not reached within 5 steps: 9 labels left"), 6, 1),
        (entry("never had 8 labels"), 99, 0),
    ],
)
def test_only_more_steps_that_may_help_are_run(tmp_path, scene, saved, steps, missing):
    cache = Cache(tmp_path / "cache")
    cache.save(METHOD, scene, saved, {})
    assert len(plan_jobs(cache, [METHOD], [scene], [1], {"some": steps})) == missing


def test_small_scenes_come_first_and_every_scene_before_another_seed(tmp_path, scene):
    large = replace(scene, name="large", window=Box(0, 0, 1000, 1000))
    other = replace(METHOD, name="other", seeded=False)
    jobs = plan_jobs(Cache(tmp_path / "none"), [METHOD, other], [large, scene], [0, 1], {})
    assert [(job.scene.name, job.method, job.seed) for job in jobs] == [
        *(("a.b", "some", 0), ("a.b", "some", 1), ("a.b", "other", 0)),
        *(("large", "some", 0), ("large", "some", 1), ("large", "other", 0)),
    ]
    assert jobs[-1].steps == 10
