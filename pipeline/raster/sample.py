"""Windows spread over scenes, for what is measured or trained on a part of them."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.raster.source import Source, read

Sample = tuple[Box, NDArray[Any], NDArray[np.bool_]]
"""A box, its pixels (channels, h, w) and which of them are valid (h, w)."""

# Tries per window wanted, before scenes with few valid pixels have to do with the windows found.
_TRIES = 8
# Side of the windows in which scenes are searched that seem to have no valid pixel.
_SEARCH = 2048


def sample_windows(sources: Sequence[Source], size: int, count: int, seed: int) -> Iterator[Sample]:
    """Yield up to `count` windows that hold valid pixels, spread over the scenes.

    A scene is a lattice of cells of `size`, of which each gives one window at most, moved by chance by up to half a
    cell; the cells of all scenes are visited in an order that follows from the seed, so that a scene has windows in
    proportion to what is valid in it. Each round's cells are read from top to bottom, because compressed formats are
    slow to go back. After eight tries per window wanted, the windows found must do; if there are none, the scenes are
    searched whole and windows are drawn from what holds valid pixels.

    Args:
        sources: the scenes.
        size: rows and columns of a window, in pixels; less where a scene is smaller.
        count: how many windows, at most.
        seed: the windows follow from it.

    Yields:
        Boxes within their source's window, with their pixels; never without a valid pixel.

    Raises:
        InputError: the file cannot be read.
    """
    cells = _Cells(sources, size)
    random = np.random.default_rng(seed)
    order = iter(random.permutation(len(cells)).tolist())
    found, tried = 0, 0
    while found < count and tried < _TRIES * count:
        # A round has no more cells than windows are wanted, so that none is cut off for lying further down.
        chosen = sorted(islice(order, count - found))
        if not chosen:
            break
        tried += len(chosen)
        moves = random.integers(-(size // 2), size // 2 + 1, size=(len(chosen), 2)).tolist()
        for index, move in zip(chosen, moves, strict=True):
            source, box = cells.place(index, *move)
            raw, valid = read(source, box)
            if valid.any():
                found += 1
                yield box, raw, valid
    if not found:
        holding = [(source, box) for source in sources for box in _search(source, size)]
        for index in sorted(random.permutation(len(holding))[:count].tolist()):
            source, box = holding[index]
            yield box, *read(source, box)


def _search(source: Source, size: int) -> list[Box]:
    """Read the whole scene once; return the cells that hold valid pixels."""
    lattice, (rows, columns) = _Lattice(source.spec.shape, size), source.spec.shape
    side = max(_SEARCH // size, 1) * size
    holding = []
    for top in range(0, rows, side):
        for left in range(0, columns, side):
            _, valid = read(source, Box(top, left, min(top + side, rows), min(left + side, columns)))
            some = np.logical_or.reduceat(valid, np.arange(0, valid.shape[0], size), axis=0)
            some = np.logical_or.reduceat(some, np.arange(0, valid.shape[1], size), axis=1)
            holding += [
                lattice.index(top // size + row, left // size + column) for row, column in np.argwhere(some).tolist()
            ]
    return [lattice.cell(index) for index in sorted(holding)]


class _Cells:
    """The cells of several sources, counted through; those of a mosaic that no file of it reaches are left out."""

    def __init__(self, sources: Sequence[Source], size: int) -> None:
        self._sources = sources
        self._lattices = [_Lattice(source.spec.shape, size) for source in sources]
        self._reached = [
            lattice.reached([piece.box for piece in source.pieces]) if source.pieces else range(len(lattice))
            for source, lattice in zip(sources, self._lattices, strict=True)
        ]
        self._ends = list(accumulate(map(len, self._reached)))

    def __len__(self) -> int:
        return self._ends[-1]

    def place(self, index: int, down: int, right: int) -> tuple[Source, Box]:
        """Return a cell's source, and its box moved by some pixels as far as the source allows."""
        which = bisect_right(self._ends, index)
        cell = self._reached[which][index - self._ends[which]]
        return self._sources[which], self._lattices[which].cell(cell, down, right)


class _Lattice:
    """Cells of a size over a scene; the last ones are moved inwards instead of being cut."""

    def __init__(self, shape: tuple[int, int], size: int) -> None:
        self.size = size
        self._shape = shape
        self._down, self._across = -(-shape[0] // size), -(-shape[1] // size)

    def __len__(self) -> int:
        return self._down * self._across

    def index(self, row: int, column: int) -> int:
        return row * self._across + column

    def reached(self, boxes: Sequence[Box]) -> list[int]:
        """Return the cells that any of the boxes reaches, in rising order."""
        some = np.zeros((self._down, self._across), dtype=np.bool_)
        for box in boxes:
            rows, columns = (
                slice(box.top // self.size, -(-box.bottom // self.size)),
                slice(box.left // self.size, -(-box.right // self.size)),
            )
            some[rows, columns] = True
        cells: list[int] = np.flatnonzero(some).tolist()
        return cells

    def cell(self, index: int, down: int = 0, right: int = 0) -> Box:
        """Return a cell's box, moved by some pixels as far as the scene allows."""
        row, column = divmod(index, self._across)
        rows, columns = (min(self.size, length) for length in self._shape)
        top = min(max(row * self.size + down, 0), self._shape[0] - rows)
        left = min(max(column * self.size + right, 0), self._shape[1] - columns)
        return Box(top, left, top + rows, left + columns)
