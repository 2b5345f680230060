"""Tiles, and the grid that cuts a scene into them.

+---------------- scene --------+       read box  = write box + halo, clipped to the scene
| +--- read ---+                |       write box = what the tile answers for
| | +-write-+  |                |
| | |       |  |                |       Write boxes partition the scene. A tile at an edge
| | +-------+  |                |       of the scene takes a remainder of less than a quarter tile in, so there
| +------------+                |       are no slivers. An offset moves the lattice of borders down and right.
+-------------------------------+

+----------- around ------------+       A scene may lie in a larger raster, around it, that is cut into the same
|      +---- scene -----+       |       tiles whichever scene in it is looked at. A tile that the scene's edge
| +----+- uncut -+      |       |       cuts is read, segmented and voted on uncut; it answers for what lies in
| |    | write   |      |       |       the scene. Two scenes thus find the same in a tile that they share.
| +----+---------+      |       |
+------+----------------+-------+
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pipeline.box import Box


@dataclass(frozen=True)
class Tile:
    """One tile: its place in the grid and its boxes, in pixels of the scene."""

    row: int
    column: int
    read: Box
    write: Box
    uncut: Box | None = None
    """The write box before the scene's edge cut it; None: it did not."""

    @property
    def voting(self) -> Box:
        """The pixels that vote: each once in all that is cut into the same tiles."""
        return self.uncut or self.write

    @property
    def name(self) -> str:
        """A name that sorts in raster order and serves as a file's stem."""
        return f"{self.row:05d}_{self.column:05d}"


@dataclass(frozen=True)
class Grid:
    """The tiles of a scene of `shape` (rows, columns)."""

    shape: tuple[int, int]
    size: int
    halo: int
    offset: tuple[int, int] = (0, 0)
    """Row and column at which a tile begins; the others follow in steps of `size` on all sides."""

    around: Box | None = None
    """The raster that is cut into tiles, in pixels of the scene, which lies in it; None: the scene itself. The offset
    counts from its corner, and so do the places of tiles."""

    def __post_init__(self) -> None:
        if min(self.shape) < 1:
            msg = f"Grid shape must be positive, got {self.shape}"
            raise ValueError(msg)
        if self.size < 1 or self.halo < 0:
            msg = f"Grid size must be positive and halo not negative, got {self.size} and {self.halo}"
            raise ValueError(msg)
        if not all(0 <= offset < self.size for offset in self.offset):
            msg = f"Grid offset must be at least 0 and below the size of {self.size}, got {self.offset}"
            raise ValueError(msg)

    @property
    def scene(self) -> Box:
        """The box of the whole scene."""
        return Box(0, 0, *self.shape)

    @property
    def extent(self) -> Box:
        """The box of all that is cut into tiles."""
        return self.around or self.scene

    @property
    def corner(self) -> tuple[int, int]:
        """Row and column of the scene's corner in all that is cut into tiles."""
        return -self.extent.top, -self.extent.left

    @property
    def row_edges(self) -> tuple[int, ...]:
        """Rows at which write boxes begin, and the last row's end."""
        return _cut(self._rows[1], self.shape[0])

    @property
    def column_edges(self) -> tuple[int, ...]:
        """Columns at which write boxes begin, and the last column's end."""
        return _cut(self._columns[1], self.shape[1])

    @cached_property
    def _rows(self) -> tuple[int, tuple[int, ...]]:
        extent = self.extent
        return _lattice(extent.top, extent.bottom, self.shape[0], self.size, self.offset[0])

    @cached_property
    def _columns(self) -> tuple[int, tuple[int, ...]]:
        extent = self.extent
        return _lattice(extent.left, extent.right, self.shape[1], self.size, self.offset[1])

    def __len__(self) -> int:
        return (len(self._rows[1]) - 1) * (len(self._columns[1]) - 1)

    def __iter__(self) -> Iterator[Tile]:
        for row in range(len(self._rows[1]) - 1):
            for column in range(len(self._columns[1]) - 1):
                yield self._tile(row, column)

    def __getitem__(self, index: int) -> Tile:
        if not 0 <= index < len(self):
            msg = f"Grid has {len(self)} tiles, got index {index}"
            raise IndexError(msg)
        return self._tile(*divmod(index, len(self._columns[1]) - 1))

    def _tile(self, row: int, column: int) -> Tile:
        """Return the tile of a row and column, counted from the scene's first."""
        (first_row, rows), (first_column, columns) = self._rows, self._columns
        uncut = Box(rows[row], columns[column], rows[row + 1], columns[column + 1])
        read, write = uncut.grown(self.halo, self.extent), uncut.grown(0, self.scene)
        return Tile(first_row + row, first_column + column, read, write, None if uncut == write else uncut)

    def neighbours(self) -> Iterator[tuple[Tile, Tile]]:
        """Yield every pair of tiles that share a border, left or upper tile first."""
        down, across = len(self._rows[1]) - 1, len(self._columns[1]) - 1
        for index, tile in enumerate(self):
            row, column = divmod(index, across)
            if column + 1 < across:
                yield tile, self._tile(row, column + 1)
            if row + 1 < down:
                yield tile, self._tile(row + 1, column)

    @property
    def reach(self) -> Box:
        """All that the tiles read."""
        (_, rows), (_, columns) = self._rows, self._columns
        return Box(rows[0], columns[0], rows[-1], columns[-1]).grown(self.halo, self.extent)

    @property
    def largest_read(self) -> Box:
        """A box of the size of the largest read box; memory follows from it."""
        (_, rows), (_, columns), extent = self._rows, self._columns, self.extent
        height = _longest(rows, self.halo, extent.top, extent.bottom)
        return Box(0, 0, height, _longest(columns, self.halo, extent.left, extent.right))


def _edges(length: int, size: int, offset: int) -> tuple[int, ...]:
    lattice = range(offset, length, size)
    return (0, *(edge for edge in lattice if 4 * edge >= size and 4 * (length - edge) >= size), length)


def _lattice(start: int, end: int, length: int, size: int, offset: int) -> tuple[int, tuple[int, ...]]:
    """Return the number of the first tile that holds any of 0 to length, and the edges of all that do."""
    edges = [start + edge for edge in _edges(end - start, size, offset)]
    first, last = bisect_right(edges, 0) - 1, bisect_left(edges, length)
    return first, tuple(edges[first : last + 1])


def _cut(edges: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (0, *edges[1:-1], length)


def _longest(edges: tuple[int, ...], halo: int, least: int, most: int) -> int:
    return max(min(end + halo, most) - max(start - halo, least) for start, end in pairwise(edges))
