"""The lattice that superpixels start from: square cells over the whole scene, so that every tile has the same."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

# No tile is as large, so that all cells beyond this size are alike, and their numbers stay exact.
_LARGEST_STEP = 1e6


def step_of(density: float) -> float:
    """Return the side of a cell in pixels, a fraction at times, from cells per megapixel; a pixel at least."""
    return max(1.0, min(1e3 / sqrt(density), _LARGEST_STEP))


@dataclass(frozen=True)
class Axis:
    """The cells along rows or columns of an image, with one more on both sides."""

    cell: NDArray[np.int32]
    """(length,) the cell of each pixel, from 1."""

    origin: NDArray[np.int64]
    """(cells,) about where a cell begins, in pixels of the image; counted in the scene, every tile has the same."""

    @classmethod
    def of(cls, place: int, length: int, step: float) -> "Axis":
        """Lay the lattice over the pixels `place` to `place + length` of the scene."""
        cell = np.floor(np.arange(place, place + length) / step).astype(np.int64)
        first, last = int(cell[0]) - 1, int(cell[-1]) + 1
        origin = np.floor(np.arange(first, last + 1) * step).astype(np.int64) - place
        return cls((cell - first).astype(np.int32), origin)
