import math
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.segmentation import find_boundaries

from pipeline.grid import Grid
from pipeline.measure.boundary import BoundaryCounts, Tolerance, boundary, count_boundaries


@st.composite
def maps(draw):
    shape = draw(st.tuples(st.integers(1, 16), st.integers(1, 16)))
    highest = draw(st.integers(1, 3))
    labels, truth = (draw(hnp.arrays(np.uint8, shape, elements=st.integers(0, highest))) for _ in range(2))
    return labels, truth, draw(hnp.arrays(np.bool_, shape, elements=st.booleans() if draw(st.booleans()) else None))


TOLERANCES = st.builds(
    Tolerance, st.sampled_from([0, 0.5, 1, math.sqrt(2), 2, 3.7]), st.sampled_from([(1, 1), (0.5, 1.3), (2, 0.7)])
)


@given(maps(), TOLERANCES, st.integers(1, 7))
def test_windows_add_up_to_the_whole(both, tolerance, size):
    labels, truth, valid = both
    grid = Grid(labels.shape, size, tolerance.halo)
    counts = []
    for tile in grid:
        cut = tile.read.slices(grid.scene)
        counts.append(count_boundaries(labels[cut], truth[cut], valid[cut], tolerance, tile.write.slices(tile.read)))
    assert reduce(add, counts) == count_boundaries(labels, truth, valid, tolerance)


@given(maps(), TOLERANCES)
def test_counts_are_those_of_a_loop_over_pixels(both, tolerance):
    labels, truth, valid = both
    edges = [boundary(numbers, valid) for numbers in (labels, truth)]
    places = [np.argwhere(edge) * tolerance.pixel for edge in edges]

    def near(one, others):
        return sum(any(math.dist(p, q) <= tolerance.distance * (1 + 1e-6) for q in others) for p in one)

    counts = count_boundaries(labels, truth, valid, tolerance)
    assert counts == BoundaryCounts(
        len(places[0]), near(places[0], places[1]), len(places[1]), near(places[1], places[0])
    )


@given(maps())
def test_boundaries_are_scikit_images_where_all_is_valid(both):
    labels = both[0]
    assert np.array_equal(boundary(labels, np.ones(labels.shape, bool)), find_boundaries(labels, mode="thick"))


def test_a_shift_within_the_tolerance_is_forgiven_and_one_beyond_is_not():
    truth = np.zeros((20, 20), np.uint8)
    truth[:, 10:] = 1
    labels, valid = np.roll(truth, 3, axis=1) + 1, np.ones(truth.shape, bool)
    labels[:, :3] = 1
    forgiven = count_boundaries(labels, truth, valid, Tolerance(3))
    assert (forgiven.precision, forgiven.recall, forgiven.f) == (1, 1, 1)
    half = count_boundaries(labels, truth, valid, Tolerance(2))
    assert (half.precision, half.recall, half.f) == (0.5, 0.5, 0.5)
    # In metres: three pixels of 0.3 m.
    assert count_boundaries(labels, truth, valid, Tolerance(0.9, (5, 0.3))).f == 1
    assert count_boundaries(labels, truth, valid, Tolerance(0.5, (5, 0.3))).f == 0


def test_what_is_invalid_has_no_boundary():
    labels, valid = np.array([[1, 1, 2, 2, 3]]), np.array([[True, True, False, True, True]])
    assert boundary(labels, valid).tolist() == [[False, False, False, True, True]]


def test_without_boundaries_there_is_no_figure():
    nothing, flat = BoundaryCounts(), np.ones((3, 3), int)
    assert all(math.isnan(value) for value in (nothing.precision, nothing.recall, nothing.f))
    truth = np.eye(3, dtype=int)
    counts = count_boundaries(flat, truth, np.ones((3, 3), bool), Tolerance(1))
    assert (counts.recall, counts.f) == (0, 0)
    assert math.isnan(counts.precision)


@pytest.mark.parametrize(("distance", "pixel"), [(-1, (1, 1)), (math.nan, (1, 1)), (1, (0, 1)), (1, (1, math.inf))])
def test_what_is_no_tolerance_is_refused(distance, pixel):
    with pytest.raises(ValueError, match="must"):
        Tolerance(distance, pixel)
