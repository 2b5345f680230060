"""Pairs of numbers: how often two rasters hold each in the same place, and what pairs join."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.kernels.compiled import compiled

# Below so many cells a pixel, counting in a full table beats sorting.
_DENSE = 8
# More cells than this cannot be numbered by int64.
_MOST_CELLS = 2**62
_INT32 = 2**31 - 1


def count_pairs(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count the pixels of each pair of numbers.

    Args:
        first: numbers of any shape, which int64 can hold.
        second: numbers of the same pixels.

    Returns:
        (m, 3) int64: number in `first`, number in `second`, pixels; in rising order.
    """
    if not first.size:
        return np.zeros((0, 3), dtype=np.int64)
    low, base, high, top = int(first.min()), int(second.min()), int(first.max()), int(second.max())
    height, width = high - low + 1, top - base + 1
    if height * width > _MOST_CELLS:
        names, one = np.unique(first.ravel(), return_inverse=True)
        others, other = np.unique(second.ravel(), return_inverse=True)
        table = count_pairs(one, other)
        return np.stack([names[table[:, 0]], others[table[:, 1]], table[:, 2]], axis=1)
    if height * width <= _DENSE * first.size and max(-low, -base, high, top) <= _INT32:
        # One type is compiled; the conversion is a tenth of the time.
        one, other = (numbers.astype(np.int32, copy=False).ravel() for numbers in (first, second))
        dense = np.zeros(height * width, dtype=np.int64)
        _count(one, other, width, low * width + base, dense)
        values = np.flatnonzero(dense)
        counts = dense[values]
    else:
        joint = (first.astype(np.int64).ravel() - low) * width + (second.astype(np.int64).ravel() - base)
        values, counts = np.unique(joint, return_counts=True)
    return np.stack([values // width + low, values % width + base, counts], axis=1)


@compiled
def _count(
    first: NDArray[np.int32], second: NDArray[np.int32], width: int, start: int, counts: NDArray[np.int64]
) -> None:
    for place in range(first.size):
        counts[first[place] * width + second[place] - start] += 1


def join_pairs(pairs: NDArray[np.integer], size: int) -> tuple[int, NDArray[np.int64]]:
    """Put the numbers 0 to size - 1 into groups, each all that pairs join directly or by way of others.

    Args:
        pairs: (m, 2); a pair may stand more than once.
        size: how many numbers there are.

    Returns:
        How many groups there are, and the group (size,) of each number, from 0 in the order of their lowest numbers.
    """
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    count, groups = connected_components(graph, directed=False)
    return int(count), groups.astype(np.int64)
