import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.grid import Grid
from pipeline.stitch.match import TileLabels, match_labels
from pipeline.stitch.overlap import contingency


def tile(labels, pixels, descriptors):
    return TileLabels(np.array(labels, np.int64), np.array(pixels, np.int64), np.array(descriptors, float))


def pairs(*rows):
    return np.array(rows, np.int64).reshape(-1, 3)


@st.composite
def anything(draw):
    """Draw tiles of any labels, pixels and descriptors, and any agreement between them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    bands = draw(st.integers(1, 3))
    tiles = []
    for count in draw(st.lists(st.integers(0, 6), min_size=1, max_size=5)):
        labels = np.sort(rng.permutation(12)[:count]) + 1
        descriptors = rng.integers(0, draw(st.sampled_from([1, 2, 100])), (count, 2 * bands)) / 7
        tiles.append(tile(labels, rng.integers(1, 1000, count), descriptors.reshape(count, 2 * bands)))
    agreements = [
        (first, first + 1, pairs(*rng.integers(1, 14, (draw(st.integers(0, 8)), 3)).tolist()))
        for first in range(len(tiles) - 1)
    ]
    return tiles, agreements


@settings(deadline=None)
@given(anything())
def test_labels_of_one_tile_are_never_merged(drawn):
    tiles, agreements = drawn
    matched = match_labels(tiles, agreements)
    count = max(len(one.labels) for one in tiles)
    area = np.zeros(count + 1, np.int64)
    for one, classes in zip(tiles, matched, strict=True):
        assert len(classes) == len(one.labels) == len(set(classes.tolist()))
        assert ((classes >= 1) & (classes <= count)).all()
        np.add.at(area, classes, one.pixels)
    # Classes are numbered by area, the largest first, without gaps.
    assert (area[1:] > 0).all()
    assert (np.diff(area[1:]) <= 0).all()


@settings(deadline=None)
@given(anything())
def test_the_same_tables_give_the_same_classes(drawn):
    for one, other in zip(match_labels(*drawn), match_labels(*drawn), strict=True):
        assert np.array_equal(one, other)


@st.composite
def cut_scenes(draw):
    """Draw a scene of known classes cut into tiles whose labels are permuted: the tiles, and each label's class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(20, 60)), draw(st.integers(20, 60))
    count = draw(st.integers(1, 4))
    grid = Grid(shape, draw(st.integers(10, 20)), draw(st.integers(2, 4)))
    classes = rng.integers(1, count + 1, shape)
    names = [np.concatenate([[0], rng.permutation(count) + 1]) for _ in grid]
    return grid, classes, names


def tables(scene, describe):
    """Give what the pipeline knows of a cut scene; `describe` gives the descriptors of classes."""
    grid, classes, names = scene
    numbers = {(one.row, one.column): index for index, one in enumerate(grid)}
    tiles = []
    for index, one in enumerate(grid):
        inner = names[index][classes[one.write.slices(grid.scene)]]
        labels, pixels = np.unique(inner, return_counts=True)
        tiles.append(tile(labels, pixels, describe(np.argsort(names[index])[labels])))
    agreements = []
    for first, second in grid.neighbours():
        ends = [numbers[one.row, one.column] for one in (first, second)]
        part = classes[first.read.overlap(second.read).slices(grid.scene)]
        agreements.append((*ends, contingency(*(names[end][part] for end in ends))))
    return tiles, agreements


def classes_of(scene, tiles, matched):
    """Translate each matched label back to the true class, and list (true, found)."""
    names = scene[2]
    return {
        (int(np.argsort(names[index])[label]), int(found))
        for index, (one, classes) in enumerate(zip(tiles, matched, strict=True))
        for label, found in zip(one.labels, classes, strict=True)
    }


def is_one_to_one(found):
    return len(found) == len({true for true, _ in found}) == len({given for _, given in found})


@settings(deadline=None)
@given(cut_scenes())
def test_descriptors_alone_find_the_scenes_classes(scene):
    colours = np.random.default_rng(5).permutation(7)[:, None] * np.array([[1.0, 0, 0.5, 0]])
    tiles, agreements = tables(scene, lambda true: colours[true])
    assume(max(len(one.labels) for one in tiles) == len(np.unique(scene[1])))
    for known in ([], agreements):
        assert is_one_to_one(classes_of(scene, tiles, match_labels(tiles, known)))


@settings(deadline=None)
@given(cut_scenes())
def test_overlaps_alone_find_the_scenes_classes(scene):
    grid, classes, _ = scene
    overlaps = [first.read.overlap(second.read).slices(grid.scene) for first, second in grid.neighbours()]
    inner = [one.write.slices(grid.scene) for one in grid]
    # Where a class is missing in a tile or an overlap, nothing could tell which it is.
    assume(len({tuple(np.unique(classes[part])) for part in [*overlaps, *inner]}) == 1)
    tiles, agreements = tables(scene, lambda true: np.zeros((len(true), 2)))
    assert is_one_to_one(classes_of(scene, tiles, match_labels(tiles, agreements)))


def test_overlap_outweighs_a_small_difference_of_colour():
    first = tile([1, 2], [50, 50], [[0.0], [1.0]])
    second = tile([1, 2], [50, 50], [[0.45], [0.55]])
    crossed = pairs((1, 2, 10), (2, 1, 10))
    apart = match_labels([first, second], [])
    together = match_labels([first, second], [(0, 1, crossed)])
    assert np.array_equal(apart[0], apart[1])
    assert np.array_equal(together[0], together[1][::-1])


def test_what_later_tiles_tell_changes_earlier_ones():
    # Of two greys alike the first tile chooses wrongly until its neighbour, which is sure, has chosen.
    unsure = tile([1, 2], [5, 5], [[0.45], [0.55]])
    sure = tile([1, 2], [90, 10], [[0.0], [1.0]])
    matched = match_labels([unsure, sure], [(0, 1, pairs((1, 2, 10), (2, 1, 10)))])
    assert [classes.tolist() for classes in matched] == [[2, 1], [1, 2]]


def test_tiles_without_labels_are_passed_over():
    empty = tile([], [], np.zeros((0, 2)))
    full = tile([3, 8], [10, 20], [[0, 0], [1, 1]])
    matched = match_labels([empty, full, empty, full], [(0, 1, pairs()), (1, 2, pairs()), (2, 3, pairs())])
    assert [classes.tolist() for classes in matched] == [[], [2, 1], [], [2, 1]]
    assert [len(classes) for classes in match_labels([empty, empty], [(0, 1, pairs())])] == [0, 0]
    assert match_labels([], []) == []


def test_labels_of_the_halo_alone_are_none_of_the_tiles():
    first = tile([1, 2], [30, 20], [[0.0], [1.0]])
    second = tile([5], [10], [[1.0]])
    seen = pairs((1, 7, 100), (2, 5, 10), (9, 5, 100))
    matched = match_labels([first, second], [(0, 1, seen)])
    assert [classes.tolist() for classes in matched] == [[1, 2], [2]]


def test_classes_are_numbered_by_area_over_the_scene():
    tiles = [tile([1, 2], [30, 20], [[0.0], [1.0]]), tile([1, 2], [5, 40], [[0.0], [1.0]])]
    assert [classes.tolist() for classes in match_labels(tiles, [])] == [[2, 1], [2, 1]]


def test_a_tile_with_fewer_labels_takes_the_classes_that_are_like_them():
    first = tile([1, 2, 3], [10, 10, 10], [[0.0], [0.5], [1.0]])
    second = tile([1, 2], [5, 4], [[0.96], [0.03]])
    matched = match_labels([second, first], [])
    assert matched[0].tolist() == [matched[1][2], matched[1][0]]
