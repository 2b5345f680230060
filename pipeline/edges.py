"""What lies just beyond a tile's upper and left border, in a raster that comes tile by tile."""

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box


class Edges:
    """The last row of every column of the raster, and the right column of the tile before."""

    def __init__(self, columns: int) -> None:
        """Begin a raster of so many columns."""
        self._above = np.zeros(columns, dtype=np.int64)
        self._left: tuple[Box | None, NDArray[np.int64]] = None, np.zeros(0, dtype=np.int64)

    def before(self, box: Box) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the row (w,) above a tile and the column (h,) left of it, 0 beyond the raster.

        Args:
            box: the tile's place; the write boxes of a grid, in its order, each put after it was asked for.
        """
        place, edge = self._left
        beside = place is not None and (place.top, place.bottom, place.right) == (box.top, box.bottom, box.left)
        # A tile of the first row has nothing above it, whatever the columns held before.
        above = self._above[box.left : box.right] if box.top else np.zeros(box.shape[1], dtype=np.int64)
        return above.copy(), edge if beside else np.zeros(box.shape[0], dtype=np.int64)

    def put(self, box: Box, last_row: NDArray[np.integer], last_column: NDArray[np.integer]) -> None:
        """Remember the last row (w,) and the last column (h,) of a tile."""
        self._above[box.left : box.right] = last_row
        self._left = box, last_column.astype(np.int64)
