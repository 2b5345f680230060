"""A sort by 32 bits in linear time, of only as many digits as they differ in; compiled."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

_DIGIT = 11


@compiled
def sort_first(numbers: NDArray[np.uint64], count: int) -> int:
    """Sort the first `count` of row 0 by their upper 32 bits, from the lowest digit.

    Every pass keeps the order of equals.

    Args:
        numbers: (2, n) uint64, changed.
        count: how many there are.

    Returns:
        The row in which the sorted ones are.
    """
    turn = 0
    if count == 0:
        return turn
    half = np.uint64(32)
    lowest, highest = numbers[0, 0] >> half, numbers[0, 0] >> half
    for index in range(count):
        key = numbers[0, index] >> half
        lowest, highest = min(lowest, key), max(highest, key)
    mask = np.uint64((1 << _DIGIT) - 1)
    shift = np.uint64(0)
    place = np.empty(1 << _DIGIT, np.int64)
    while shift < half and (highest - lowest) >> shift:
        place[:] = 0
        for index in range(count):
            place[(((numbers[turn, index] >> half) - lowest) >> shift) & mask] += 1
        total = 0
        for digit in range(len(place)):
            place[digit], total = total, total + place[digit]
        for index in range(count):
            number = numbers[turn, index]
            digit = (((number >> half) - lowest) >> shift) & mask
            numbers[1 - turn, place[digit]] = number
            place[digit] += 1
        turn = 1 - turn
        shift += np.uint64(_DIGIT)
    return turn
