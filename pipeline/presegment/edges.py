"""The edges between neighbouring valid pixels, dealt to buckets of rising cost; compiled, without Python's lock.

An edge is numbered 4 * pixel + direction; a direction leads to the right (0), or down: to the left (1), straight (2),
to the right (3). What is compared of edges are the bits of their squared cost in float32: whole numbers in the order of
costs, so that no highest cost need be known, and no root be drawn.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

# Edges are first told apart by exponent and four bits more: a histogram that the nearest cache holds.
_SHIFT = np.uint32(19)
_BINS = 1 << 12
# So many buckets at most, and one: of 9, 17, 31, 56 and 100 the fewest were the fastest on a real crop.
_BUCKETS = 8
_MISSING = np.float32(np.inf)


@compiled
def bucketed_edges(image: NDArray[np.float32], valid: NDArray[np.bool_], edges: NDArray[np.uint64]) -> Any:  # noqa: ANN401 - numba's array
    """List the edges of the graph of valid pixels, bucket by bucket of rising cost, by number within a bucket.

    Args:
        image: C-contiguous (bands, h, w); the cost of an edge is the Euclidean distance of its ends.
        valid: (h, w).
        edges: room for 4 * h * w, to write to: of each edge the bits of its squared cost and, below them, its number.

    Returns:
        Where buckets begin and the last one ends: (buckets + 1,) int64.
    """
    height, width = valid.shape
    counts = np.zeros(_BINS, np.int64)
    lines = np.empty((4, width), np.float32)
    bits = lines.view(np.uint32)
    for y in range(height):
        _row(image, valid, y, lines)
        for direction in range(4):
            for x in range(width):
                counts[bits[direction, x] >> _SHIFT] += 1
    none = np.array([_MISSING], np.float32).view(np.uint32)[0] >> _SHIFT
    counts[none] = 0
    bucket_of, starts = _share_out(counts)
    place = starts.copy()
    # Costs once more: that is less than to write all of them to memory and to read them from there.
    for y in range(height):
        _row(image, valid, y, lines)
        for x in range(width):
            for direction in range(4):
                key = bits[direction, x]
                digit = key >> _SHIFT
                if digit != none:
                    bucket = bucket_of[digit]
                    edges[place[bucket]] = (np.uint64(key) << np.uint64(32)) | np.uint64(
                        4 * (y * width + x) + direction
                    )
                    place[bucket] += 1
    return starts


@compiled
def _row(image: NDArray[np.float32], valid: NDArray[np.bool_], y: int, lines: NDArray[np.float32]) -> None:
    """Write the squared costs of a row's edges, a line for every direction."""
    height, width = valid.shape
    lines[:] = _MISSING
    here = valid[y]
    _pair(image[:, y, : width - 1], image[:, y, 1:], here[: width - 1], here[1:], lines[0, : width - 1])
    if y + 1 < height:
        below = valid[y + 1]
        _pair(image[:, y, 1:], image[:, y + 1, : width - 1], here[1:], below[: width - 1], lines[1, 1:])
        _pair(image[:, y], image[:, y + 1], here, below, lines[2])
        _pair(image[:, y, : width - 1], image[:, y + 1, 1:], here[: width - 1], below[1:], lines[3, : width - 1])


@compiled
def _pair(
    ones: NDArray[np.float32],
    others: NDArray[np.float32],
    one_valid: NDArray[np.bool_],
    other_valid: NDArray[np.bool_],
    line: NDArray[np.float32],
) -> None:
    """Write the squared distances between two rows of pixels (bands, w), infinite where one is invalid."""
    line[:] = 0
    for band in range(len(ones)):
        one, other = ones[band], others[band]
        for x in range(len(line)):
            step = one[x] - other[x]
            line[x] += step * step
    for x in range(len(line)):
        line[x] = line[x] if one_valid[x] & other_valid[x] else _MISSING


@compiled
def _share_out(counts: NDArray[np.int64]) -> tuple[Any, Any]:
    """Deal bins to buckets of about equal size, and find where each bucket begins."""
    share = max(-(-counts.sum() // _BUCKETS), 1)
    bucket_of = np.zeros(_BINS, np.uint8)
    starts = np.zeros(_BUCKETS + 2, np.int64)
    bucket, filled, total = 0, 0, 0
    for digit in range(_BINS):
        if filled >= share:
            bucket, filled = bucket + 1, 0
        bucket_of[digit] = bucket
        filled += counts[digit]
        total += counts[digit]
        starts[bucket + 1] = total
    return bucket_of, starts[: bucket + 2]
