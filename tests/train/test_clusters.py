import numpy as np
import pytest

from pipeline.config import LevelsConfig, TrainConfig
from pipeline.segmented import Segmented
from pipeline.train import find_clusters

SIDE = 32
SEGMENTS = np.kron(np.arange(1, 17, dtype=np.int32).reshape(4, 4), np.ones((SIDE, SIDE), dtype=np.int32))


def patch(bands=3):
    """16 segments: smooth dark, smooth bright, rough of the mean of both."""
    kinds = np.arange(16).reshape(4, 4) % 3
    kind = np.kron(kinds, np.ones((SIDE, SIDE), dtype=int))
    checkers = np.indices(kind.shape).sum(0) // 2 % 2
    grey = np.select([kind == 0, kind == 1], [0.2, 0.8], np.where(checkers, 0.8, 0.2)).astype(np.float32)
    return np.repeat(grey[None], bands, axis=0), kind


def clusters_of(patches, classes, most=32):
    return find_clusters(patches, TrainConfig(start_classes=classes), LevelsConfig(), most)


def assigned(image, segments, classes):
    whole = Segmented(image, segments)
    return clusters_of([whole], classes).assign(whole)


@pytest.mark.parametrize("bands", [1, 3, 5])
def test_classes_tell_colour_and_texture_apart(bands):
    image, kind = patch(bands)
    labels = assigned(image, SEGMENTS, 3)
    pairs = np.unique(np.stack([labels.ravel(), kind.ravel()]), axis=1)
    assert pairs.shape == (2, 3)


def test_classes_do_not_depend_on_how_segments_are_numbered():
    image, _ = patch()
    shuffled = np.random.default_rng(0).permutation(16).astype(np.int32)[SEGMENTS - 1] + 1
    first = assigned(image, SEGMENTS, 3)
    other = assigned(image, shuffled, 3)
    assert np.array_equal(first, other)


def test_common_ground_is_one_class_before_a_small_distinct_thing_is_lost():
    """k-means for two would halve the ground and give the one blue segment to a half of it."""
    rng = np.random.default_rng(1)
    segments = np.kron(np.arange(1, 401, dtype=np.int32).reshape(20, 20), np.ones((8, 8), dtype=np.int32))
    grey = rng.normal(0.5, 0.06, 400).astype(np.float32)[segments - 1]
    image = np.stack([grey, grey, grey])
    blue = segments == 210
    image[:, blue] = np.array([0.1, 0.3, 0.9], dtype=np.float32)[:, None]
    labels = assigned(image, segments, 2)
    assert set(labels[blue]) == {2}
    assert np.mean(labels[~blue] == 1) == 1


def test_the_tree_ends_with_two_and_no_class_beyond_the_responses():
    image, _ = patch()
    found = clusters_of([Segmented(image, SEGMENTS)], 24, most=4)
    assert len(found.tree) <= 4
    assert set(found.numbers[1:]) == set(range(1, len(found.tree) + 1))
    assert sum(found.tree.shares) == pytest.approx(1)


def test_outside_has_no_class():
    image, _ = patch()
    segments = np.where(SEGMENTS > 4, SEGMENTS, 0)
    labels = assigned(image, segments, 3)
    assert np.array_equal(labels == 0, segments == 0)


def test_fewer_distinct_segments_than_clusters():
    image = np.full((3, *SEGMENTS.shape), 0.5, dtype=np.float32)
    found = clusters_of([Segmented(image, SEGMENTS)], 16)
    assert set(found.assign(Segmented(image, SEGMENTS)).ravel()) == {1}
