import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import LevelsConfig
from pipeline.stitch.table import LabelTable
from pipeline.stitch.tree import Tree, cut, grow

CONFIG = LevelsConfig()


def table_of(colours, pixels, rough=None, borders=None):
    """Return a table of colours; `rough` is (K, 3) textures, or (K,) gradients with detail of every width alike."""
    colours, pixels = np.atleast_2d(np.asarray(colours, float)), np.asarray(pixels)
    count = len(pixels)
    padded = np.vstack([np.zeros(colours.shape[1]), colours])
    weights = np.concatenate([[0], pixels])
    texture = np.zeros((count, 3)) if rough is None else np.asarray(rough, float)
    if texture.ndim == 1:
        texture = np.column_stack([texture, texture, texture])
    inner = np.zeros((count, count), int) if borders is None else np.asarray(borders)
    return LabelTable(
        weights,
        padded * weights[:, None],
        padded**2 * weights[:, None],
        np.vstack([np.zeros(3), texture]) * weights[:, None],
        np.pad(inner, ((1, 0), (1, 0))),
    )


@st.composite
def tables(draw, least=1, bands=(1, 3, 4)):
    count = draw(st.integers(least, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    borders = np.triu(rng.integers(0, 50, (count, count)), 1)
    # Powers of two, so that no two sums of areas are equal, and numbers by area have no ties.
    pixels = rng.permutation(2 ** np.arange(4, 4 + count))
    colours = rng.random((count, draw(st.sampled_from(bands))))
    return table_of(colours, pixels, rng.random((count, 3)) / 10, borders + borders.T)


def partition(lookup):
    """Return a lookup as the set of its groups."""
    return frozenset(frozenset(np.flatnonzero(lookup == value).tolist()) for value in np.unique(lookup[1:]))


@given(tables())
def test_every_level_is_there_and_lies_within_the_one_above(table):
    tree = grow(table, CONFIG)
    size = len(table.pixels) - 1
    assert len(tree) == size
    assert len(tree.merges) == max(size - 2, 0)
    finer = cut(tree, size)
    assert finer.tolist() == list(range(size + 1))
    for count in range(size, min(size, 2) - 1, -1):
        lookup = cut(tree, count)
        assert lookup[0] == 0
        assert sorted(set(lookup[1:].tolist())) == list(range(1, count + 1))
        # A class of the finer level lies in one of the coarser.
        assert all(len(set(lookup[finer == value].tolist())) == 1 for value in set(finer.tolist()))
        finer = lookup


@given(tables())
def test_classes_of_a_level_are_numbered_by_area(table):
    tree = grow(table, CONFIG)
    for count in range(2, len(tree)):
        areas = np.bincount(cut(tree, count), weights=table.pixels)[1:]
        assert np.all(np.diff(areas) <= 0)


@given(tables(least=3), st.randoms(use_true_random=False))
def test_numbers_of_classes_do_not_matter(table, random):
    size = len(table.pixels) - 1
    order = random.sample(range(1, size + 1), size)
    rows = [0, *order]
    mixed = LabelTable(
        table.pixels[rows], table.sums[rows], table.squares[rows], table.textures[rows],
        table.borders[np.ix_(rows, rows)],
    )  # fmt: skip
    tree, other = grow(table, CONFIG), grow(mixed, CONFIG)
    for count in range(2, size):
        # Areas differ, so even the names agree: class `order[k]` is class k + 1 of the mixed table.
        assert np.array_equal(cut(tree, count)[rows], cut(other, count))


@given(tables(bands=(3,)))
def test_all_is_said_by_shares(table):
    tree = grow(table, CONFIG)
    assert sum(tree.shares) == pytest.approx(1)
    doubled = LabelTable(*(2 * getattr(table, part) for part in LabelTable.__dataclass_fields__))
    assert grow(doubled, CONFIG).merges == tree.merges


def test_equal_costs_take_the_lowest_classes():
    assert grow(table_of(np.full((5, 3), 0.5), [9, 9, 9, 9, 9]), CONFIG).merges == ((1, 2), (1, 3), (1, 4))


def test_equal_areas_are_numbered_by_their_lowest_class():
    tree = Tree((0.25, 0.25, 0.25, 0.25), ((2, 4), (1, 3)))
    assert cut(tree, 3).tolist() == [0, 2, 1, 3, 1]
    assert cut(tree, 2).tolist() == [0, 1, 2, 1, 2]
    assert cut(tree, 4).tolist() == cut(tree, 0).tolist() == cut(tree, 99).tolist() == [0, 1, 2, 3, 4]


GREYS = [[0.2, 0.2, 0.2], [0.32, 0.32, 0.32], [0.5, 0.5, 0.5], [0.62, 0.62, 0.62]]
BLUE = [0.2, 0.5, 0.9]


def test_a_small_distinct_class_stays_until_the_end():
    """A pool of 0.2 % of the pixels: the plain method of Ward gives it away before the greys merge."""
    table = table_of([*GREYS, BLUE], [250, 250, 249, 249, 2])
    pool = 5
    lookup = cut(grow(table, CONFIG), 3)
    assert np.count_nonzero(lookup == lookup[pool]) == 1
    ward = cut(grow(table, LevelsConfig(area=1)), 4)
    assert np.count_nonzero(ward == ward[pool]) == 2


def test_what_touches_merges_first():
    """The second class is as far from the first in colour as from the third, and borders on the third alone."""
    borders = np.zeros((4, 4), int)
    borders[1, 2] = borders[2, 1] = 100
    borders[0, 3] = borders[3, 0] = 100
    colours = [[0.25], [0.5], [0.75], [3.0]]
    table = table_of(colours, [10, 10, 10, 10], borders=borders)
    assert grow(table, CONFIG).merges[0] == (2, 3)
    assert grow(table, LevelsConfig(adjacency=0)).merges[0] == (1, 2)


def test_textures_of_one_colour_are_told_apart():
    table = table_of(np.full((3, 3), 0.4), [10, 10, 10], rough=[0.02, 0.09, 0.03])
    assert grow(table, CONFIG).merges == ((1, 3),)
    # Maize, vines, maize: rows of one contrast, at other distances.
    rows = [[0.05, 0.025, 0.01], [0.05, 0.013, 0.027], [0.05, 0.025, 0.012]]
    assert grow(table_of(np.full((3, 3), 0.4), [10, 10, 10], rough=rows), CONFIG).merges == ((1, 3),)


def test_a_few_classes_need_no_merges():
    for count in range(3):
        tree = grow(table_of(np.zeros((count, 3)), np.ones(count, int)), CONFIG)
        assert tree.merges == ()
        assert cut(tree, 8).tolist() == list(range(count + 1))
