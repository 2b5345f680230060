"""Boxes, tiles and the grid that cuts a scene into them.

+---------------- scene --------+       read box  = write box + halo, clipped to the scene
| +--- read ---+                |       write box = what the tile answers for
| | +-write-+  |                |
| | |       |  |                |       Write boxes partition the scene. A tile at an edge
| | +-------+  |                |       of the scene takes a remainder of less than a quarter tile in, so there
| +------------+                |       are no slivers. An offset moves the lattice of borders down and right.
+-------------------------------+
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise


@dataclass(frozen=True, order=True)
class Box:
    """Rows [top, bottom) and columns [left, right) of a raster."""

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.bottom <= self.top or self.right <= self.left:
            msg = f"Box must have rows and columns, got {self.shape}"
            raise ValueError(msg)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        rows, columns = self.shape
        return rows * columns

    def grown(self, margin: int, within: "Box") -> "Box":
        """Return the box with a margin on all sides, clipped."""
        return Box(
            max(self.top - margin, within.top),
            max(self.left - margin, within.left),
            min(self.bottom + margin, within.bottom),
            min(self.right + margin, within.right),
        )

    def overlap(self, other: "Box") -> "Box | None":
        """Return what both have in common, None if nothing."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return None if bottom <= top or right <= left else Box(top, left, bottom, right)

    def shifted(self, rows: int, columns: int) -> "Box":
        """Return the box moved down and right."""
        return Box(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def slices(self, origin: "Box") -> tuple[slice, slice]:
        """Return the slices that cut this box out of an array that covers `origin`."""
        return (
            slice(self.top - origin.top, self.bottom - origin.top),
            slice(self.left - origin.left, self.right - origin.left),
        )


@dataclass(frozen=True)
class Tile:
    """One tile: its place in the grid and its two boxes, in pixels of the scene."""

    row: int
    column: int
    read: Box
    write: Box

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

    @cached_property
    def row_edges(self) -> tuple[int, ...]:
        """Rows at which write boxes begin, and the last row's end."""
        return _edges(self.shape[0], self.size, self.offset[0])

    @cached_property
    def column_edges(self) -> tuple[int, ...]:
        """Columns at which write boxes begin, and the last column's end."""
        return _edges(self.shape[1], self.size, self.offset[1])

    def __len__(self) -> int:
        return (len(self.row_edges) - 1) * (len(self.column_edges) - 1)

    def __iter__(self) -> Iterator[Tile]:
        for row in range(len(self.row_edges) - 1):
            for column in range(len(self.column_edges) - 1):
                yield self.tile(row, column)

    def __getitem__(self, index: int) -> Tile:
        if not 0 <= index < len(self):
            msg = f"Grid has {len(self)} tiles, got index {index}"
            raise IndexError(msg)
        return self.tile(*divmod(index, len(self.column_edges) - 1))

    def tile(self, row: int, column: int) -> Tile:
        """Return the tile at a place of the grid."""
        write = Box(
            self.row_edges[row],
            self.column_edges[column],
            self.row_edges[row + 1],
            self.column_edges[column + 1],
        )
        return Tile(row, column, write.grown(self.halo, self.scene), write)

    def neighbours(self) -> Iterator[tuple[Tile, Tile]]:
        """Yield every pair of tiles that share a border, left or upper tile first."""
        for tile in self:
            if tile.column + 2 < len(self.column_edges):
                yield tile, self.tile(tile.row, tile.column + 1)
            if tile.row + 2 < len(self.row_edges):
                yield tile, self.tile(tile.row + 1, tile.column)

    @property
    def largest_read(self) -> Box:
        """The read box of the most pixels; memory follows from it."""
        rows = _longest(self.row_edges, self.halo)
        columns = _longest(self.column_edges, self.halo)
        return Box(0, 0, rows, columns)


def _edges(length: int, size: int, offset: int) -> tuple[int, ...]:
    lattice = range(offset, length, size)
    return (0, *(edge for edge in lattice if 4 * edge >= size and 4 * (length - edge) >= size), length)


def _longest(edges: tuple[int, ...], halo: int) -> int:
    return max(min(end + halo, edges[-1]) - max(start - halo, 0) for start, end in pairwise(edges))
