"""The pre-segments of a finished run, for people: their number and their outlines."""

import numpy as np
from numpy.typing import NDArray

from pipeline.grid import Grid
from pipeline.pairs import join_pairs
from pipeline.stitch.votes import keys
from pipeline.store.link import load_pairs
from pipeline.store.record import load_segments, load_votes
from pipeline.store.work import Work


def count_segments(work: Work, grid: Grid) -> int:
    """Count the pre-segments of a finished run; those that go on in another tile count once."""
    numbers = {tile: index for index, tile in enumerate(grid)}
    found = np.concatenate(
        [keys(index, np.unique(load_votes(work.record(tile))[:, 0])) for tile, index in numbers.items()]
    )
    links = [np.zeros((0, 2), dtype=np.int64)]
    for first, second in grid.neighbours():
        pairs = load_pairs(work.link(first, second))
        links.append(np.column_stack([keys(numbers[first], pairs[:, 0]), keys(numbers[second], pairs[:, 1])]))
    ends = np.concatenate(links)
    # Linked segments may lie outside of every write box; they join others, and do not count.
    names = np.union1d(found, ends)
    _, group = join_pairs(np.searchsorted(names, ends), len(names))
    return len(np.unique(group[np.searchsorted(names, found)]))


def outlines(work: Work, grid: Grid, step: int, zoom: int) -> NDArray[np.bool_]:
    """Find where a picture of the scene crosses from one pre-segment to the next.

    Each tile is looked at with its own halo, so that tiles' edges are no outlines where the halo holds a cell.

    Args:
        work: holds a record of every tile.
        grid: the tiles.
        step: how many pixels of the scene make one cell of the picture.
        zoom: how many pixels of the picture make one cell.

    Returns:
        (cells down * zoom, cells across * zoom), True in the last pixel before a crossing.
    """
    rows, columns = (-(-length // step) for length in grid.shape)
    picture = np.zeros((rows * zoom, columns * zoom), dtype=np.bool_)
    for tile in grid:
        # The lattice of the whole scene, as thumbnails have it, and one line more to compare the last one with.
        top, left = -(-tile.write.top // step), -(-tile.write.left // step)
        bottom, right = -(-tile.write.bottom // step), -(-tile.write.right // step)
        down = np.arange(top * step, min(bottom * step + 1, tile.read.bottom), step) - tile.read.top
        across = np.arange(left * step, min(right * step + 1, tile.read.right), step) - tile.read.left
        cells = load_segments(work.record(tile))[np.ix_(down, across)].repeat(zoom, axis=0).repeat(zoom, axis=1)
        edges = np.zeros(cells.shape, dtype=np.bool_)
        edges[:-1] |= cells[:-1] != cells[1:]
        edges[:, :-1] |= cells[:, :-1] != cells[:, 1:]
        own = picture[top * zoom : bottom * zoom, left * zoom : right * zoom]
        own[:] = edges[: own.shape[0], : own.shape[1]]
    return picture
