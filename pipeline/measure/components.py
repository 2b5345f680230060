"""Connected components of a raster that comes tile by tile: the objects of a map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.measure import label

from pipeline.box import Box


@dataclass(frozen=True)
class Objects:
    """What the names that `Components.add` gave stand for."""

    names: NDArray[np.int64]
    """(n + 1,) the object, from 1, by name; 0 for name 0."""

    numbers: NDArray[np.int64]
    """(k + 1,) the number that the pixels of each object have in the raster; 0 for object 0, which is none."""


class Components:
    """Connected components, of four neighbours, of equal numbers; it holds a row of the raster and a list of names."""

    def __init__(self, columns: int) -> None:
        """Begin a raster of so many columns."""
        self._above = np.zeros((2, columns), dtype=np.int64)
        self._left: tuple[Box | None, NDArray[np.int64]] = None, np.zeros((2, 0), dtype=np.int64)
        self._numbers = [np.zeros(1, dtype=np.int64)]
        self._links = [np.zeros((0, 2), dtype=np.int64)]
        self._count = 0

    def add(self, box: Box, numbers: NDArray[np.integer], valid: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Name the components of a tile.

        Args:
            box: the tile's place; the write boxes of a grid, in its order.
            numbers: (h, w) of the box.
            valid: (h, w); what is not valid is in no component.

        Returns:
            (h, w) names, 0 where not valid; `finish` tells which of them are of one object.
        """
        low = int(numbers.min())
        # Components are found in what is not 0.
        found = label(np.where(valid, numbers.astype(np.int64) - low + 1, 0), connectivity=1, background=0)  # type: ignore[no-untyped-call]
        count = int(found.max())
        first = np.zeros(count + 1, dtype=np.int64)
        first[found] = numbers
        self._numbers.append(first[1:])
        names = np.where(found > 0, found + self._count, 0).astype(np.int64)
        self._count += count
        both = np.stack([names, numbers.astype(np.int64)])
        columns = slice(box.left, box.right)
        if box.top:
            self._link(self._above[:, columns], both[:, 0])
        place, edge = self._left
        if place is not None and (place.top, place.bottom, place.right) == (box.top, box.bottom, box.left):
            self._link(edge, both[:, :, 0])
        self._above[:, columns] = both[:, -1]
        self._left = box, both[:, :, -1].copy()
        return names

    def finish(self) -> Objects:
        """Return which names are one object, once all tiles have been added."""
        links, size = np.concatenate(self._links) - 1, self._count
        graph = coo_array((np.ones(len(links), dtype=np.int8), (links[:, 0], links[:, 1])), shape=(size, size))
        count, groups = connected_components(graph, directed=False) if size else (0, np.zeros(0, dtype=np.int64))
        names = np.concatenate([[0], groups.astype(np.int64) + 1])
        numbers = np.zeros(count + 1, dtype=np.int64)
        numbers[names] = np.concatenate(self._numbers)
        return Objects(names, numbers)

    def _link(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
        """Link names (0) of pixels that touch and have the same number (1)."""
        same = (one[1] == other[1]) & (one[0] > 0) & (other[0] > 0)
        self._links.append(np.unique(np.column_stack([one[0, same], other[0, same]]), axis=0))
