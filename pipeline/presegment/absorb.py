"""Small parts of superpixels go to a neighbour, by rules that look no further than a few cells of the lattice."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

ROUNDS = 2
"""How often small parts look for a neighbour that is not small, or no longer."""


def absorb(parts: NDArray[np.int32], cells: NDArray[np.int32], size: float) -> NDArray[np.int32]:
    """Find for small parts the neighbour to go to: the one with which they share the most sides of pixels.

    Only parts that are large, or have gone to one, take others in, so that no chain of small parts makes places depend
    on each other that lie far apart.

    Args:
        parts: (h, w) from 1, each connected, numbered by first pixel in raster order; 0 at invalid pixels.
        cells: (n + 1,) the cell of every part; the lowest wins where borders are as long, then the part's number.
        size: what has fewer pixels is small.

    Returns:
        (n + 1,) for each part the large one it belongs to, maybe itself; 0: none, as all around is small, or nothing.
    """
    numbers = np.arange(len(cells), dtype=np.int32)
    small = np.bincount(parts.ravel(), minlength=len(cells)) < size
    small[0] = False
    owner = np.where(small, np.int32(0), numbers)
    if not small.any():
        return owner
    pairs, sides = np.unique(_borders(parts, small), return_counts=True)
    ones, others = pairs >> 32, pairs & 0xFFFFFFFF
    for _ in range(ROUNDS):
        able = (owner[ones] == 0) & (owner[others] > 0)
        if not able.any():
            break
        between, inverse = np.unique(ones[able] << 32 | owner[others[able]], return_inverse=True)
        length = np.bincount(inverse, sides[able])
        who, whose = between >> 32, between & 0xFFFFFFFF
        order = np.lexsort((whose, cells[whose], -length, who))
        first = np.flatnonzero(np.diff(who[order], prepend=0))
        owner[who[order[first]]] = whose[order[first]]
    return owner


@compiled
def _borders(parts: NDArray[np.int32], small: NDArray[np.bool_]) -> NDArray[Any]:
    """List every side of a pixel where a small part meets another: the two numbers, in the halves of an int64."""
    height, width = parts.shape
    pairs = np.empty(1024, np.int64)
    count = 0
    for y in range(height):
        for x in range(width):
            one = parts[y, x]
            for turn in range(2):
                below, right = y + turn, x + 1 - turn
                if below == height or right == width or one == parts[below, right]:
                    continue
                other = parts[below, right]
                if count + 2 > len(pairs):
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                if small[one] and other:
                    pairs[count] = np.int64(one) << 32 | other
                    count += 1
                if small[other] and one:
                    pairs[count] = np.int64(other) << 32 | one
                    count += 1
    return pairs[:count]
