import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import zoom

from pipeline.grid import Grid
from pipeline.measure.boundary import Tolerance
from pipeline.measure.comparison import AREAS_PX, Comparison, compare
from pipeline.measure.scores import score


def blobs(seed, shape, highest):
    """Make patches of numbers with frayed edges."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, highest + 1, (shape[0] // 6 + 1, shape[1] // 6 + 1))
    numbers = zoom(coarse, 6, order=0)[: shape[0], : shape[1]]
    return np.where(random.random(shape) < 0.1, random.integers(0, highest + 1, shape), numbers)


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.integers(4, 40),
    st.sampled_from([0, 2.5]),
)
def test_whatever_the_tiles_the_counts_are_the_same(seed, shape, size, distance):
    labels, truth = blobs(seed, shape, 3), blobs(seed + 1, shape, 2)
    valid = np.random.default_rng(seed).random(shape) < 0.95
    tolerance = Tolerance(distance)
    grid = Grid(shape, size, tolerance.halo)
    comparison = Comparison(shape[1], tolerance, edges=AREAS_PX)
    for tile in grid:
        cut = tile.read.slices(grid.scene)
        comparison.add(tile, labels[cut], truth[cut], valid[cut])
    tiled, whole = comparison.finish(), compare(labels, truth, valid, tolerance)
    assert np.array_equal(tiled.table.pairs, whole.table.pairs)
    assert tiled.boundaries == whole.boundaries
    assert tiled.segments == whole.segments
    assert tiled.objects == whole.objects


def test_a_map_held_against_itself_is_perfect():
    labels = blobs(3, (50, 60), 3) + 1
    counts = compare(labels, labels)
    assert score(counts.table).best_match_miou == 1
    assert counts.boundaries.f == 1
    assert (counts.segments.achievable_accuracy, counts.segments.undersegmentation_error) == (1, 0)
    assert counts.segments.segments == sum(one.objects for one in counts.objects)
    assert all(one.matched == one.united == one.objects for one in counts.objects)


def test_nodata_of_labels_and_of_truth_are_left_out():
    labels, truth = np.array([[0, 1, 1, 2]]), np.array([[5, 5, 5, 6]])
    counts = compare(labels, truth, np.array([[True, True, False, True]]))
    assert counts.table.pairs.tolist() == [[1, 5, 1], [2, 6, 1]]
    assert counts.segments.pixels == 2
    assert counts.boundaries.labels == 0


def test_scenes_add_up():
    one, other = (compare(blobs(seed, (20, 20), 2) + 1, blobs(seed + 5, (20, 20), 2)) for seed in (1, 2))
    both = one + other
    assert both.table.pixels == 800
    assert both.segments.segments == one.segments.segments + other.segments.segments
    assert both.boundaries.truth == one.boundaries.truth + other.boundaries.truth
    assert sum(bin_.objects for bin_ in both.objects) == sum(bin_.objects for bin_ in (*one.objects, *other.objects))


def test_real_buildings_against_simple_colours(shared):
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(shared / "scenes" / "inria_austin.tif") as dataset:
        image = dataset.read().astype(int)
    with rasterio.open(shared / "scenes" / "inria_austin_buildings.tif") as dataset:
        truth = dataset.read(1)
    counts = compare(image.sum(0) // 128 + 1, truth)
    scores = score(counts.table)
    assert (scores.labels, scores.classes, scores.pixels) == (6, 2, 1000000)
    assert 0.1 < scores.per_class[1].union_iou < 1
    assert sum(one.objects for one in counts.objects if one.value == 255) > 50
    assert compare(truth.astype(int) + 1, truth).boundaries.f == 1
