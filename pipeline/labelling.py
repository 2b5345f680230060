"""Connected components of one array, compiled: as scikit-image's `label`, and the first pixel of each for nothing."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled


def label_equal(numbers: NDArray[np.integer], valid: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Number the regions of equal numbers, connected by four neighbours, in the order of their first pixels.

    Args:
        numbers: (h, w), of fewer than 2**31 pixels.
        valid: (h, w); what is not valid is in no region.

    Returns:
        (h, w) regions 1 to n, 0 where not valid; and (n,) the first pixel of each in raster order, counted from 0.
    """
    # Compiled for two types alone: compiling takes a second.
    numbers = numbers if numbers.dtype == np.uint8 else numbers.astype(np.int64)
    found = np.zeros(numbers.shape, dtype=np.int32)
    # As many as pixels in the worst case; the system gives no memory for what is never written.
    parents, firsts = (np.empty(numbers.size + 1, dtype=np.int32) for _ in range(2))
    count = _label(numbers, valid, found, parents, firsts)
    return found, firsts[1 : count + 1].astype(np.int64)


@compiled
def _root(parents: NDArray[np.int32], name: int) -> int:
    while parents[name] != name:
        parents[name] = parents[parents[name]]
        name = parents[name]
    return name


@compiled
def _label(
    numbers: NDArray[np.integer],
    valid: NDArray[np.bool_],
    found: NDArray[np.int32],
    parents: NDArray[np.int32],
    firsts: NDArray[np.int32],
) -> int:
    """Join in one scan; the lowest of joined names stays, which is the one of the first pixel."""
    rows, columns = numbers.shape
    names = 0
    for row in range(rows):
        for column in range(columns):
            if not valid[row, column]:
                continue
            number = numbers[row, column]
            above = found[row - 1, column] if row and numbers[row - 1, column] == number else 0
            left = found[row, column - 1] if column and numbers[row, column - 1] == number else 0
            if above and left and above != left:
                above, left = _root(parents, above), _root(parents, left)
                parents[max(above, left)] = min(above, left)
                found[row, column] = min(above, left)
            elif above or left:
                found[row, column] = max(above, left)
            else:
                names += 1
                parents[names] = names
                firsts[names] = row * columns + column
                found[row, column] = names
    return _rename(found, parents, firsts, names)


@compiled
def _rename(found: NDArray[np.int32], parents: NDArray[np.int32], firsts: NDArray[np.int32], names: int) -> int:
    """Number what is left of the names without a gap."""
    count = 0
    for name in range(1, names + 1):
        if parents[name] == name:
            count += 1
            firsts[count] = firsts[name]
            parents[name] = count
        else:
            # Its parent is lower, and has its number already.
            parents[name] = parents[parents[name]]
    for row in range(found.shape[0]):
        for column in range(found.shape[1]):
            if found[row, column]:
                found[row, column] = parents[found[row, column]]
    return count
