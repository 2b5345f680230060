"""Connected components of a raster that comes tile by tile: the objects of a map."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.edges import Edges
from pipeline.labelling import label_equal
from pipeline.pairs import join_pairs


@dataclass(frozen=True)
class Parts:
    """The components within one tile."""

    inside: NDArray[np.int32]
    """(h, w) numbers 1 to n within the tile, 0 where not valid."""

    places: NDArray[np.int64]
    """(n,) the first pixel of each in the tile's raster order, counted from 0."""

    first: int = 0
    """Their names in the raster are first + 1 to first + n."""

    @classmethod
    def find(cls, numbers: NDArray[np.integer], valid: NDArray[np.bool_], first: int = 0) -> "Parts":
        """Find the components of a tile.

        Args:
            numbers: (h, w).
            valid: (h, w); what is not valid is in no component.
            first: how many components the tiles before it have.
        """
        return cls(*label_equal(numbers, valid), first)

    @property
    def count(self) -> int:
        """Number of components, n."""
        return len(self.places)

    @property
    def names(self) -> NDArray[np.int64]:
        """(h, w) names in the raster, 0 where not valid."""
        return np.where(self.inside > 0, self.inside.astype(np.int64) + self.first, 0)


@dataclass(frozen=True)
class Rim:
    """What others need to know of a tile's components, so that they can be joined without its pixels."""

    places: NDArray[np.int64]
    """(n,) the first pixel of each in the tile's raster order."""

    numbers: NDArray[np.int64]
    """(n,) the number that its pixels have."""

    upper: NDArray[np.int32]
    """(w,) components along the tile's first row, 0 where not valid."""

    left: NDArray[np.int32]
    """(h,)."""

    lower: NDArray[np.int32]
    """(w,)."""

    right: NDArray[np.int32]
    """(h,)."""

    @classmethod
    def of(cls, parts: Parts, numbers: NDArray[np.integer]) -> "Rim":
        """Return that of the components of a tile of numbers (h, w)."""
        inside = parts.inside
        of_parts = numbers.ravel()[parts.places].astype(np.int64)
        return cls(parts.places, of_parts, inside[0], inside[:, 0], inside[-1], inside[:, -1])


@dataclass(frozen=True)
class Objects:
    """What the names of all tiles' components stand for."""

    names: NDArray[np.int64]
    """(n + 1,) the object, from 1, by name; 0 for name 0. Objects are numbered by their first pixel in raster order."""

    numbers: NDArray[np.int64]
    """(k + 1,) the number that the pixels of each object have in the raster; 0 for object 0, which is none."""

    def __len__(self) -> int:
        return len(self.numbers) - 1

    def of(self, first: int, count: int) -> NDArray[np.int64]:
        """Return the object (count + 1,) of each component of a tile; 0 for 0.

        Args:
            first: how many components the tiles before it have.
            count: how many it has.
        """
        return np.concatenate([[0], self.names[first + 1 : first + count + 1]])


class Components:
    """Connected components, of four neighbours, of equal numbers; it holds a row of the raster and a list of names."""

    def __init__(self, columns: int) -> None:
        """Begin a raster of so many columns."""
        self._columns, self._names, self._values = columns, Edges(columns), Edges(columns)
        self._numbers = [np.zeros(0, dtype=np.int64)]
        self._pixels = [np.zeros(0, dtype=np.int64)]
        self._links = [np.zeros((0, 2), dtype=np.int64)]
        self._count = 0

    def add(self, box: Box, numbers: NDArray[np.integer], valid: NDArray[np.bool_]) -> Parts:
        """Find the components of a tile; `finish` tells which are of one object.

        Args:
            box: the tile's place; the write boxes of a grid, in its order.
            numbers: (h, w) of the box.
            valid: (h, w); what is not valid is in no component.
        """
        parts = Parts.find(numbers, valid, self._count)
        self.put(box, Rim.of(parts, numbers))
        return parts

    def put(self, box: Box, rim: Rim) -> int:
        """Take the components of a tile that were found elsewhere, in place of `add`.

        Returns:
            How many components the tiles before it have.
        """
        first = self._count
        self._count += len(rim.places)
        self._numbers.append(rim.numbers)
        rows, columns = np.divmod(rim.places, box.shape[1])
        self._pixels.append((rows + box.top) * self._columns + columns + box.left)
        self._touch(box, rim, first)
        return first

    def finish(self) -> Objects:
        """Return which components are one object, once all tiles have been added."""
        links, size = np.concatenate(self._links) - 1, self._count
        if not size:
            return Objects(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
        count, groups = join_pairs(links, size)
        pixels = np.full(count, np.iinfo(np.int64).max)
        np.minimum.at(pixels, groups, np.concatenate(self._pixels))
        order = np.empty(count + 1, dtype=np.int64)
        order[np.argsort(pixels)] = np.arange(1, count + 1)
        names = np.concatenate([[0], order[groups]])
        numbers = np.zeros(count + 1, dtype=np.int64)
        numbers[names[1:]] = np.concatenate(self._numbers)
        return Objects(names, numbers)

    def _touch(self, box: Box, rim: Rim, first: int) -> None:
        """Link the components along the tile's upper and left border with those beyond it that have their number."""
        known = np.concatenate([[0], rim.numbers])
        sides = [side.astype(np.int64) for side in (rim.upper, rim.left, rim.lower, rim.right)]
        values = [known[side] for side in sides]
        names = [np.where(side > 0, side + first, 0) for side in sides]
        firsts = zip(names[:2], values[:2], strict=True)
        beyond = zip(self._names.before(box), self._values.before(box), strict=True)
        for (inner, number), (outer, other) in zip(firsts, beyond, strict=True):
            same = (number == other) & (inner > 0) & (outer > 0)
            self._links.append(np.unique(np.column_stack([outer[same], inner[same]]), axis=0))
        self._names.put(box, names[2], names[3])
        self._values.put(box, values[2], values[3])
