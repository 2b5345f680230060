import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.grid import Grid


@st.composite
def grids(draw):
    """Draw a grid of at most a few hundred tiles, lines of one pixel and scenes smaller than a tile among them."""
    size = draw(st.integers(1, 40))
    longest = 8 * size
    sides = st.one_of(st.just(1), st.integers(1, longest))
    offsets = st.integers(0, size - 1)
    return Grid((draw(sides), draw(sides)), size, draw(st.integers(0, 2 * size)), (draw(offsets), draw(offsets)))


@given(grids())
def test_write_boxes_partition_the_scene(grid):
    count = np.zeros(grid.shape, int)
    for tile in grid:
        count[tile.write.slices(grid.scene)] += 1
    assert (count == 1).all()


@given(grids())
def test_no_tile_is_a_sliver_nor_much_larger_than_asked(grid):
    for edges, offset in zip((grid.row_edges, grid.column_edges), grid.offset, strict=True):
        for start, end in pairwise(edges):
            assert 4 * (end - start) >= grid.size or len(edges) == 2
            # Less than a quarter more at each edge of the scene; without an offset none is left over at the first.
            ends = (start == 0 and offset > 0) + (end == edges[-1])
            assert end - start == grid.size if ends == 0 else 4 * (end - start) < (4 + ends) * grid.size


@given(grids())
def test_borders_lie_on_the_lattice(grid):
    for edges, offset in zip((grid.row_edges, grid.column_edges), grid.offset, strict=True):
        assert all((edge - offset) % grid.size == 0 for edge in edges[1:-1])


@given(grids())
def test_read_box_is_the_write_box_and_a_halo_within_the_scene(grid):
    rows, columns = grid.shape
    for tile in grid:
        read, write = tile.read, tile.write
        assert read.top == max(0, write.top - grid.halo)
        assert read.left == max(0, write.left - grid.halo)
        assert read.bottom == min(rows, write.bottom + grid.halo)
        assert read.right == min(columns, write.right + grid.halo)


@settings(deadline=None)
@given(grids())
def test_neighbours_are_all_pairs_that_share_a_border(grid):
    tiles = list(grid)
    expected = {
        (first.name, second.name)
        for index, first in enumerate(tiles)
        for second in tiles[index + 1 :]
        if _border(first.write, second.write)
    }
    found = [(first.name, second.name) for first, second in grid.neighbours()]
    assert len(found) == len(set(found))
    assert set(found) == expected


def _border(first, second):
    """Tell whether two boxes that do not overlap share more than a corner of their outlines."""
    rows = min(first.bottom, second.bottom) - max(first.top, second.top)
    columns = min(first.right, second.right) - max(first.left, second.left)
    return min(rows, columns) == 0 and max(rows, columns) > 0


@given(grids())
def test_indexing_is_iteration(grid):
    tiles = list(grid)
    assert len(grid) == len(tiles)
    assert [grid[index] for index in range(len(grid))] == tiles
    assert [tile.name for tile in tiles] == sorted(tile.name for tile in tiles)
    for index in (-1, len(grid)):
        with pytest.raises(IndexError, match=f"{len(tiles)} tiles, got index {index}"):
            grid[index]


@given(grids())
def test_largest_read_is_the_largest(grid):
    largest = max((tile.read for tile in grid), key=lambda box: box.pixels)
    assert grid.largest_read.shape == largest.shape


def test_edge_tiles_take_in_what_is_less_than_a_quarter():
    assert Grid((124, 100), 100, 0).row_edges == (0, 124)
    assert Grid((125, 100), 100, 0).row_edges == (0, 100, 125)
    assert Grid((225, 149), 100, 0, (25, 24)).row_edges == (0, 25, 125, 225)
    assert Grid((225, 148), 100, 0, (24, 24)).row_edges == (0, 124, 225)
    assert Grid((225, 148), 100, 0, (25, 24)).column_edges == (0, 148)


def test_a_grid_travels_between_processes():
    grid = Grid((100, 50), 20, 3)
    assert len(grid) == len(pickle.loads(pickle.dumps(grid)))  # noqa: S301 - made here
    assert pickle.loads(pickle.dumps(grid)) == grid  # noqa: S301 - made here


@pytest.mark.parametrize(("shape", "size", "halo"), [((0, 5), 4, 0), ((5, 0), 4, 0), ((5, 5), 0, 0), ((5, 5), 4, -1)])
def test_an_impossible_grid_is_refused(shape, size, halo):
    with pytest.raises(ValueError, match="must be positive"):
        Grid(shape, size, halo)


@pytest.mark.parametrize("offset", [(-1, 0), (0, 4)])
def test_an_offset_of_a_tile_or_more_is_refused(offset):
    with pytest.raises(ValueError, match="at least 0 and below the size of 4"):
        Grid((5, 5), 4, 0, offset)


@st.composite
def grids_within(draw):
    """Draw a grid of a raster, and one of a scene that lies in it."""
    whole = draw(grids())
    rows, columns = whole.shape
    top, left = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
    scene = Box(top, left, draw(st.integers(top + 1, rows)), draw(st.integers(left + 1, columns)))
    around = whole.scene.shifted(-top, -left)
    return whole, scene, Grid(scene.shape, whole.size, whole.halo, whole.offset, around)


@given(grids_within())
def test_a_scene_has_the_tiles_of_what_is_around_it(drawn):
    whole, scene, grid = drawn
    expected = [tile for tile in whole if tile.write.overlap(scene)]
    found = list(grid)
    assert len(grid) == len(found) == len(expected)
    count = np.zeros(grid.shape, int)
    for tile, model in zip(found, expected, strict=True):
        # Same names, and same boxes, counted from the scene's corner; what it answers for is cut.
        assert (tile.row, tile.column) == (model.row, model.column)
        assert tile.read == model.read.shifted(-scene.top, -scene.left)
        assert tile.voting == model.write.shifted(-scene.top, -scene.left)
        assert tile.write == model.write.overlap(scene).shifted(-scene.top, -scene.left)
        count[tile.write.slices(grid.scene)] += 1
    assert (count == 1).all()
    assert grid.corner == (scene.top, scene.left)
    assert list(grid) == [grid[index] for index in range(len(grid))]


@given(grids_within())
def test_neighbours_within_a_scene_are_those_around_it(drawn):
    whole, _, grid = drawn
    mine = {(tile.row, tile.column) for tile in grid}
    expected = {
        ((first.row, first.column), (second.row, second.column))
        for first, second in whole.neighbours()
        if {(first.row, first.column), (second.row, second.column)} <= mine
    }
    found = [((one.row, one.column), (other.row, other.column)) for one, other in grid.neighbours()]
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(grids_within())
def test_reach_and_largest_read_hold_all_that_is_read(drawn):
    _, _, grid = drawn
    reads = [tile.read for tile in grid]
    assert grid.reach == Box(
        min(box.top for box in reads),
        min(box.left for box in reads),
        max(box.bottom for box in reads),
        max(box.right for box in reads),
    )
    assert grid.largest_read.pixels == max(box.pixels for box in reads)
    assert grid.row_edges[0] == 0
    assert grid.row_edges[-1] == grid.shape[0]
    assert list(grid.column_edges) == sorted(set(grid.column_edges))
