"""A sort of 32 bit keys in linear time, of only as many digits as they differ in; compiled."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

_DIGIT = 11


@compiled
def sort_first(keys: NDArray[np.uint32], values: NDArray[np.uint32], count: int) -> int:
    """Sort the first `count` of row 0 by key, from the lowest digit; every pass keeps the order of equals.

    Args:
        keys: (2, n) uint32, changed.
        values: (2, n) uint32, what goes with the keys, changed.
        count: how many there are.

    Returns:
        The row in which the sorted ones are.
    """
    turn = 0
    if count == 0:
        return turn
    lowest, highest = keys[0, 0], keys[0, 0]
    for index in range(count):
        lowest, highest = min(lowest, keys[0, index]), max(highest, keys[0, index])
    mask = np.uint32((1 << _DIGIT) - 1)
    shift = np.uint32(0)
    place = np.empty(1 << _DIGIT, np.int64)
    while shift < np.uint32(32) and (highest - lowest) >> shift:
        place[:] = 0
        for index in range(count):
            place[((keys[turn, index] - lowest) >> shift) & mask] += 1
        total = 0
        for digit in range(len(place)):
            place[digit], total = total, total + place[digit]
        for index in range(count):
            key = keys[turn, index]
            digit = ((key - lowest) >> shift) & mask
            keys[1 - turn, place[digit]] = key
            values[1 - turn, place[digit]] = values[turn, index]
            place[digit] += 1
        turn = 1 - turn
        shift += np.uint32(_DIGIT)
    return turn
