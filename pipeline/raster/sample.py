"""Windows spread over a scene, for what is measured or trained on a part of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.grid import Box
from pipeline.raster.source import Source, read

Sample = tuple[Box, NDArray[Any], NDArray[np.bool_]]
"""A box, its pixels (channels, h, w) and which of them are valid (h, w)."""

# Tries per window wanted, before a scene with few valid pixels has to do with the windows found.
_TRIES = 8
# Side of the windows in which a scene is searched that seems to have no valid pixel.
_SEARCH = 2048


def sample_windows(source: Source, size: int, count: int, seed: int) -> Iterator[Sample]:
    """Yield up to `count` windows that hold valid pixels, spread over the scene.

    The scene is a lattice of cells of `size`, of which each gives one window at most, moved by chance by up to half a
    cell; cells are visited in an order that follows from the seed. Each round's cells are read from top to bottom,
    because compressed formats are slow to go back. After eight tries per window wanted, the windows found must do;
    if there are none, the whole scene is searched and windows are drawn from what holds valid pixels.

    Args:
        source: the scene.
        size: rows and columns of a window, in pixels; less where the scene is smaller.
        count: how many windows, at most.
        seed: the windows follow from it.

    Yields:
        Boxes within the source's window, with their pixels; never without a valid pixel.

    Raises:
        InputError: the file cannot be read.
    """
    lattice = _Lattice(source.spec.shape, size)
    random = np.random.default_rng(seed)
    order = iter(random.permutation(len(lattice)).tolist())
    found, tried = 0, 0
    while found < count and tried < _TRIES * count:
        # A round has no more cells than windows are wanted, so that none is cut off for lying further down.
        cells = sorted(islice(order, count - found))
        if not cells:
            break
        tried += len(cells)
        moves = random.integers(-(size // 2), size // 2 + 1, size=(len(cells), 2)).tolist()
        for cell, move in zip(cells, moves, strict=True):
            box = lattice.cell(cell, *move)
            raw, valid = read(source, box)
            if valid.any():
                found += 1
                yield box, raw, valid
    if not found:
        holding = _search(source, lattice)
        for index in sorted(random.permutation(len(holding))[:count].tolist()):
            box = lattice.cell(holding[index])
            yield box, *read(source, box)


def _search(source: Source, lattice: "_Lattice") -> list[int]:
    """Read the whole scene once; return the cells that hold valid pixels."""
    size, (rows, columns) = lattice.size, source.spec.shape
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
    return sorted(holding)


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

    def cell(self, index: int, down: int = 0, right: int = 0) -> Box:
        """Return a cell's box, moved by some pixels as far as the scene allows."""
        row, column = divmod(index, self._across)
        rows, columns = (min(self.size, length) for length in self._shape)
        top = min(max(row * self.size + down, 0), self._shape[0] - rows)
        left = min(max(column * self.size + right, 0), self._shape[1] - columns)
        return Box(top, left, top + rows, left + columns)
