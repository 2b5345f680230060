"""What two neighbouring tiles say of the pixels that both have read."""

import numpy as np
from numpy.typing import NDArray

from pipeline.pairs import count_pairs


def contingency(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count the pixels of each pair of labels.

    Args:
        first: (h, w) labels, 0 = outside.
        second: (h, w) labels of the same pixels, 0 = outside.

    Returns:
        (m, 3) int64: label in `first`, label in `second`, pixels; in rising order, without pairs that hold a 0.
    """
    table = count_pairs(first, second)
    return table[(table[:, 0] > 0) & (table[:, 1] > 0)]


def same_segments(first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int64]:
    """Find the segments that are one: intersection over union in the overlap of at least one half.

    Args:
        first: (h, w) segments of the one tile over the overlap, 0 = outside.
        second: (h, w) segments of the other, same pixels.

    Returns:
        (k, 2) int64: segment in `first`, segment in `second`.
    """
    pairs = contingency(first, second)
    area_first = np.bincount(first.ravel())[pairs[:, 0]]
    area_second = np.bincount(second.ravel())[pairs[:, 1]]
    union = area_first + area_second - pairs[:, 2]
    # In whole numbers, so that one half is exactly one half.
    return pairs[2 * pairs[:, 2] >= union, :2]
