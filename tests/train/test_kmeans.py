import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans

from pipeline.train.kmeans import find_centres, nearest


def spread(points, weights, centres):
    return (weights * cdist(points, centres, "sqeuclidean").min(axis=1)).sum()


def cloud(seed, count, features):
    """Points in groups of unequal size and weight."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, 10, (12, features))
    points = middles[rng.integers(12, size=count) ** 2 // 12] + rng.normal(0, 1, (count, features))
    return points, rng.integers(1, 500, size=count).astype(float)


@pytest.mark.parametrize("seed", range(4))
def test_as_tight_as_the_library(seed):
    points, weights = cloud(seed, 3000, 5)
    expected = KMeans(32, n_init=2, random_state=seed).fit(points, sample_weight=weights).inertia_
    assert spread(points, weights, find_centres(points, weights, 32)) < 1.03 * expected


def test_groups_that_lie_apart_have_a_centre_each():
    rng = np.random.default_rng(0)
    middles = np.array([[0, 0], [100, 0], [0, 100], [100, 100], [50, 50]])
    points = np.repeat(middles, 40, axis=0) + rng.normal(0, 0.1, (200, 2))
    centres = find_centres(points, np.ones(200), 5)
    assert np.allclose(centres[np.lexsort(centres.round().T)], middles[np.lexsort(middles.T)], atol=0.1)


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60), features=st.integers(1, 6), wanted=st.integers(1, 12))
def test_centres_are_the_means_of_what_is_nearest_to_them(seed, count, features, wanted):
    rng = np.random.default_rng(seed)
    points, weights = rng.normal(size=(count, features)), rng.integers(1, 9, size=count).astype(float)
    centres = find_centres(points, weights, wanted)
    assert centres.shape == (wanted, features)
    owners = nearest(points, centres)
    assert np.allclose(cdist(points, centres).min(axis=1), np.linalg.norm(points - centres[owners], axis=1))
    for owner in np.unique(owners):
        mine = owners == owner
        assert np.allclose(centres[owner], np.average(points[mine], axis=0, weights=weights[mine]))


def test_points_of_more_weight_draw_centres():
    points = np.array([[0.0], [1.0], [10.0]])
    assert find_centres(points, np.array([3.0, 1.0, 1e-9]), 1)[0, 0] == pytest.approx(0.25)


def test_fewer_distinct_points_than_centres():
    points = np.repeat([[1.0, 2.0], [3.0, 4.0]], 5, axis=0)
    centres = find_centres(points, np.ones(10), 6)
    assert {tuple(centre) for centre in centres} == {(1.0, 2.0), (3.0, 4.0)}


def test_of_centres_as_near_the_first_one():
    assert nearest(np.array([[1.0]]), np.array([[2.0], [0.0], [2.0]])).tolist() == [0]
