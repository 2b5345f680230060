import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.grid import Grid
from pipeline.stitch.mosaic import mosaic


@st.composite
def grids(draw):
    size = draw(st.integers(4, 16))
    shape = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    offset = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
    return Grid(shape, size, draw(st.integers(0, size - 1)), offset)


SEEDS = st.integers(0, 2**32)


def merged(grid, tiles):
    """Assemble the boxes, each pixel of which must come once."""
    result, count = np.zeros(grid.shape, np.uint16), np.zeros(grid.shape, int)
    for box, classes in mosaic(grid, lambda index: tiles[index]):
        assert classes.dtype == np.uint16
        result[box.slices(grid.scene)] = classes
        count[box.slices(grid.scene)] += 1
    assert (count == 1).all()
    return result


def cut(grid, scene):
    return [scene[tile.read.slices(grid.scene)].astype(np.uint16) for tile in grid]


def tiled(grid, tiles):
    """Put what tiles say of their write boxes side by side."""
    result = np.zeros(grid.shape, np.uint16)
    for tile, classes in zip(grid, tiles, strict=True):
        result[tile.write.slices(grid.scene)] = classes[tile.write.slices(tile.read)]
    return result


def spoilt(tiles, rng, share=0.05, reach=3):
    """Change small spots of the tiles, each tile's its own."""
    for classes in tiles:
        for row, column in np.argwhere(rng.random(classes.shape) < share / reach**2):
            spot = classes[row : row + rng.integers(1, reach + 1), column : column + rng.integers(1, reach + 1)]
            spot[spot > 0] = rng.integers(1, 5)
    return tiles


@settings(deadline=None)
@given(grids(), SEEDS)
def test_tiles_that_agree_are_the_map(grid, seed):
    scene = np.random.default_rng(seed).integers(0, 4, grid.shape)
    assert np.array_equal(merged(grid, cut(grid, scene)), scene)


@settings(deadline=None)
@given(grids(), SEEDS, st.data())
def test_a_part_of_what_is_cut_into_tiles_is_that_part_of_the_map(whole, seed, data):
    rows, columns = whole.shape
    top, left = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    shape = data.draw(st.integers(1, rows - top)), data.draw(st.integers(1, columns - left))
    around = whole.scene.shifted(-top, -left)
    part = Grid(shape, whole.size, whole.halo, whole.offset, around)
    scene = np.random.default_rng(seed).integers(0, 4, whole.shape).astype(np.uint16)
    tiles = [scene[tile.read.slices(around)] for tile in part]
    assert np.array_equal(merged(part, tiles), scene[part.scene.slices(around)])


@settings(deadline=None)
@given(grids(), SEEDS)
def test_every_pixel_is_what_some_tile_says(grid, seed):
    rng = np.random.default_rng(seed)
    tiles = [rng.integers(0, 3, tile.read.shape).astype(np.uint16) for tile in grid]
    # Outside is the same for all, and nothing is unknown in a write box.
    outside = rng.random(grid.shape) < 0.1
    for tile, classes in zip(grid, tiles, strict=True):
        here = outside[tile.read.slices(grid.scene)]
        inner = tile.write.slices(tile.read)
        classes[inner] = np.maximum(classes[inner], 1)
        classes[here] = 0
    result = merged(grid, tiles)
    assert np.array_equal(result == 0, outside)
    said = np.zeros(grid.shape, bool)
    for tile, classes in zip(grid, tiles, strict=True):
        place = tile.read.slices(grid.scene)
        said[place] |= result[place] == classes
    assert said.all()


def torn(grid, tiles, result):
    """Count the pairs of neighbouring pixels that no tile says together."""
    count = 0
    for axis in (0, 1):
        said = np.zeros(grid.shape, bool)
        for tile, classes in zip(grid, tiles, strict=True):
            place = tile.read.slices(grid.scene)
            same = np.moveaxis(result[place] == classes, axis, 0)
            np.moveaxis(said[place], axis, 0)[:-1] |= same[:-1] & same[1:]
        count += np.count_nonzero(~np.moveaxis(said, axis, 0)[:-1])
    return count


@settings(deadline=None)
@given(SEEDS, st.integers(0, 39), st.integers(0, 39))
def test_no_border_shows_where_differences_are_small(seed, down, right):
    rng = np.random.default_rng(seed)
    grid = Grid((110, 130), 40, 16, (down, right))
    tiles = spoilt(cut(grid, rng.integers(1, 4, grid.shape)), rng)
    assert torn(grid, tiles, merged(grid, tiles)) == 0


def test_borders_show_where_tiles_are_but_put_side_by_side():
    rng = np.random.default_rng(0)
    grid = Grid((110, 130), 40, 16)
    tiles = spoilt(cut(grid, rng.integers(1, 4, grid.shape)), rng, share=0.5)
    assert torn(grid, tiles, tiled(grid, tiles)) > 10


def test_without_a_halo_tiles_are_put_side_by_side():
    rng = np.random.default_rng(0)
    grid = Grid((50, 70), 20, 0)
    tiles = [rng.integers(1, 9, tile.read.shape).astype(np.uint16) for tile in grid]
    assert np.array_equal(merged(grid, tiles), tiled(grid, tiles))


def test_tiles_are_read_once_in_raster_order():
    grid, read = Grid((50, 70), 20, 5), []

    def classes(index):
        read.append(index)
        return np.ones(grid[index].read.shape, np.uint16)

    list(mosaic(grid, classes))
    assert read == list(range(len(grid)))
