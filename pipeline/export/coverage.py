"""Proof that a map has a class exactly where the scene has pixels: no hole, and nothing outside."""

from bisect import bisect_left, bisect_right
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.errors import OutputError
from pipeline.grid import Grid
from pipeline.store.record import load_valid
from pipeline.store.work import Work

# Masks of the tiles that a box lies in, one bit a pixel on disk and a byte here.
_KEPT = 4


class Coverage:
    """Holds boxes of a map against what the tiles' readers found valid, box by box."""

    def __init__(self, work: Work, grid: Grid) -> None:
        """Begin; `work` holds a record of every tile of the grid."""
        self._work, self._grid = work, grid
        self._valid = lru_cache(_KEPT)(self._load)
        self._proven = 0

    def prove(self, box: Box, classes: NDArray[np.unsignedinteger], valid: NDArray[np.bool_] | None = None) -> None:
        """Prove one box of the map; boxes must not overlap.

        Args:
            box: its place in the scene.
            classes: (h, w), 0 = nodata.
            valid: (h, w) which pixels must have a class, where the caller knows better than the tiles.

        Raises:
            OutputError: a valid pixel has no class, or an invalid one has.
        """
        found = classes > 0
        if valid is None:
            wrong = any(
                not np.array_equal(found[part.slices(box)], mask[part.slices(read)])
                for part, read, mask in self._of(box)
            )
        else:
            wrong = not np.array_equal(found, valid)
        if wrong:
            raise OutputError(
                f"{self._work.root}: {_place(box)} of the map do not have a class where, and only where,"
                " the scene has pixels; this is a bug, report it"
            )
        self._proven += box.pixels

    def finish(self) -> None:
        """Prove that the boxes were the whole scene.

        Raises:
            OutputError: they were not.
        """
        missing = self._grid.scene.pixels - self._proven
        if missing:
            raise OutputError(
                f"{self._work.root}: {missing} pixels of the map were not written; this is a bug, report it"
            )

    def _of(self, box: Box) -> list[tuple[Box, Box, NDArray[np.bool_]]]:
        """List the parts of a box by tile: the part, the tile's read box, and what is valid there."""
        grid, found = self._grid, []
        rows, columns = grid.row_edges, grid.column_edges
        across = len(columns) - 1
        for row in range(bisect_right(rows, box.top) - 1, bisect_left(rows, box.bottom)):
            for column in range(bisect_right(columns, box.left) - 1, bisect_left(columns, box.right)):
                tile = grid[row * across + column]
                part = tile.write.overlap(box)
                if part is not None:
                    found.append((part, tile.read, self._valid(row * across + column)))
        return found

    def _load(self, index: int) -> NDArray[np.bool_]:
        tile = self._grid[index]
        return load_valid(self._work.record(tile), tile.read.shape[1])


def _place(box: Box) -> str:
    return f"rows {box.top} to {box.bottom}, columns {box.left} to {box.right}"
