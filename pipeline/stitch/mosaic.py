"""One map of the tiles' own, which overlap: what a tile says is merged with its left neighbour, then row with row.

row above, merged ────────────────┐
  ┌───────────┬─ overlap ─┬───────┴───┐        Of a row of tiles only what the next row overlaps is held, of a
  │  left, held to the    │   tile    │        tile only what the next one does.
  │  overlap's right end  │           │
"""

from collections.abc import Callable, Iterator

import numpy as np

from pipeline.box import Box
from pipeline.grid import Grid
from pipeline.stitch.border import Labels, merge

Read = Callable[[int], Labels]
"""Gives the classes of a tile, by its number in raster order, over its read box: 0 = outside, or not known by the tile
(beyond its write box only)."""


def mosaic(grid: Grid, read: Read) -> Iterator[tuple[Box, Labels]]:
    """Merge the maps of all tiles.

    Args:
        grid: the tiles.
        read: called once for every tile, in raster order.

    Yields:
        Boxes that partition the scene, and the classes of each (h, w).
    """
    for box, classes in _merged(grid, read):
        # Tiles that the scene's edge cuts have read beyond it.
        inside = box.overlap(grid.scene)
        if inside is not None:
            yield inside, classes[inside.slices(box)]


def _merged(grid: Grid, read: Read) -> Iterator[tuple[Box, Labels]]:
    """Merge rows; yield boxes that partition all that the tiles read."""
    reach, extent = grid.reach, grid.extent
    down, across = len(grid.row_edges) - 1, len(grid.column_edges) - 1
    held = np.zeros((0, reach.shape[1]), dtype=np.uint16)
    for row in range(down):
        tile, shared = grid[row * across], len(held)
        top, bottom = tile.read.top, tile.read.bottom
        # From here on the next row has a say.
        end = grid[(row + 1) * across].read.top if row + 1 < down else bottom
        overlap = np.empty((shared, reach.shape[1]), dtype=np.uint16)
        rest = np.empty((bottom - max(end, top + shared), reach.shape[1]), dtype=np.uint16)
        for left, part in _row(grid, row, read):
            right = left + part.shape[1]
            place = slice(left - reach.left, right - reach.left)
            overlap[:, place] = part[:shared]
            rest[:, place] = part[len(part) - len(rest) :]
            if top + shared < end:
                yield Box(top + shared, left, end, right), part[shared : end - top]
        if shared:
            sight = {"first_ends": top + shared < extent.bottom, "second_begins": top > extent.top}
            overlap = merge(held.T, overlap.T, tile.voting.top - top, **sight).T
            done = min(shared, end - top)
            if done:
                yield Box(top, reach.left, top + done, reach.right), overlap[:done]
        held = np.concatenate([overlap[end - top :], rest])


def _row(grid: Grid, row: int, read: Read) -> Iterator[tuple[int, Labels]]:
    """Merge the tiles of a row; yield first columns, and classes over the row's read boxes from there."""
    extent, across = grid.extent, len(grid.column_edges) - 1
    held = None
    for index in range(row * across, (row + 1) * across):
        tile = grid[index]
        left, right = tile.read.left, tile.read.right
        classes = read(index)
        if held is not None and held.size:
            shared = held.shape[1]
            sight = {"first_ends": left + shared < extent.right, "second_begins": left > extent.left}
            both = merge(held, classes[:, :shared], tile.voting.left - left, **sight)
            classes = np.concatenate([both, classes[:, shared:]], axis=1)
        end = grid[index + 1].read.left if index + 1 < (row + 1) * across else right
        if left < end:
            yield left, classes[:, : end - left]
        held = classes[:, end - left :].copy()
