"""k-means of pixels by place and colour about the cells of a lattice; compiled, without Python's lock.

A pixel belongs to its own cell or to one of the eight around it, as in gSLICr (Ren, Prisacariu and Reid, 2015). Sums are
of whole numbers, and so exact in any order. Places count from the lattice's cells, not from the image's corner: what is
rounded is rounded alike in every tile.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

# So many columns at once: what is known of the nine clusters beside them stays in the nearest caches.
_CHUNK = 256
_NINE = 9
# What no distance comes near: that to a cell in which nothing is valid.
_FAR = np.float32(1e30)


@njit(nogil=True, cache=True, error_model="numpy")
def cluster(
    features: NDArray[np.int16],
    valid: NDArray[np.bool_],
    row_cell: NDArray[np.int32],
    column_cell: NDArray[np.int32],
    row_origin: NDArray[np.int64],
    column_origin: NDArray[np.int64],
    weight: np.float32,
    iterations: int,
) -> NDArray[Any]:
    """Cluster valid pixels, from the means of the lattice's cells.

    Args:
        features: (bands, h, w).
        valid: (h, w).
        row_cell: (h,) of `Axis`; and so the next three.
        column_cell: (w,).
        row_origin: (rows of cells,).
        column_origin: (columns of cells,).
        weight: what a squared pixel of distance weighs beside a squared unit of the features.
        iterations: rounds of assigning pixels; fewer where nothing changes any more.

    Returns:
        (h, w) int32: the cell, row * (columns of cells) + column; 0 at invalid pixels, which is no pixel's cell. Of
        equally near ones the lowest.
    """
    bands, height, width = features.shape
    columns = len(column_origin)
    labels = np.zeros((height, width), np.int32)
    for y in range(height):
        for x in range(width):
            if valid[y, x]:
                labels[y, x] = row_cell[y] * columns + column_cell[x]
    sums = np.zeros((len(row_origin) * columns, bands + 3), np.int64)
    means = np.full((len(sums), bands + 2), np.nan, np.float32)
    for y in range(height):
        _add(features, y, 0, labels[y], row_origin, column_origin, sums)
    for _ in range(iterations):
        _average(sums, means)
        sums[:] = 0
        changed = 0
        for left in range(0, width, _CHUNK):
            right = min(left + _CHUNK, width)
            changed += _assign(
                features, valid, left, right, row_cell, column_cell, row_origin, column_origin, weight, means, labels, sums
            )
        if changed == 0:
            break
    return labels


@njit(nogil=True, cache=True, error_model="numpy")
def _add(
    features: NDArray[np.int16],
    y: int,
    left: int,
    labels: NDArray[np.int32],
    row_origin: NDArray[np.int64],
    column_origin: NDArray[np.int64],
    sums: NDArray[np.int64],
) -> None:
    """Add a row of pixels to the sums of features, rows and columns from the cell's origin, and pixels."""
    bands, columns = len(features), len(column_origin)
    for i in range(len(labels)):
        label = labels[i]
        if label:
            row = label // columns
            total = sums[label]
            for band in range(bands):
                total[band] += features[band, y, left + i]
            total[bands] += y - row_origin[row]
            total[bands + 1] += left + i - column_origin[label - row * columns]
            total[bands + 2] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def _average(sums: NDArray[np.int64], means: NDArray[np.float32]) -> None:
    """Divide the sums; a cluster that has lost all its pixels stays where it was."""
    fields = means.shape[1]
    for cell in range(len(sums)):
        count = sums[cell, fields]
        if count:
            for field in range(fields):
                means[cell, field] = np.float32(sums[cell, field] / count)


@njit(nogil=True, cache=True, error_model="numpy")
def _assign(
    features: NDArray[np.int16],
    valid: NDArray[np.bool_],
    left: int,
    right: int,
    row_cell: NDArray[np.int32],
    column_cell: NDArray[np.int32],
    row_origin: NDArray[np.int64],
    column_origin: NDArray[np.int64],
    weight: np.float32,
    means: NDArray[np.float32],
    labels: NDArray[np.int32],
    sums: NDArray[np.int64],
) -> int:
    """Give the pixels of some columns to the nearest of nine clusters, add them up, return how many have changed."""
    bands, height, _ = features.shape
    columns, size = len(column_origin), right - left
    centres = np.empty((_NINE, bands, size), np.float32)
    # Squared distance along the columns, which is the same for all rows of a cell, and the centre's row.
    aside, middle = np.empty((_NINE, size), np.float32), np.empty((_NINE, size), np.float32)
    pixels = np.empty((bands, size), np.float32)
    distance, nearest = np.empty(size, np.float32), np.empty(size, np.float32)
    which = np.empty(size, np.int32)
    own = column_cell[left:right]
    changed, laid = 0, 0
    for y in range(height):
        row = row_cell[y]
        if row != laid:
            _lay_out(means, row, own, left, column_origin, weight, centres, aside, middle)
            laid = row
        for band in range(bands):
            line = features[band, y, left:right]
            for i in range(size):
                pixels[band, i] = np.float32(line[i])
        nearest[:] = np.inf
        which[:] = 0
        for turn in range(_NINE):
            along = row + turn // 3 - 1
            down = np.float32(y - row_origin[along])
            _measure(pixels, centres[turn], aside[turn], middle[turn], down, weight, distance)
            _keep_nearer(distance, np.int32(along * columns + turn % 3 - 1), nearest, which)
        here, known = labels[y, left:right], valid[y, left:right]
        for i in range(size):
            label = which[i] + own[i] if known[i] else 0
            changed += label != here[i]
            here[i] = label
        _add(features, y, left, here, row_origin, column_origin, sums)
    return changed


@njit(nogil=True, cache=True, error_model="numpy")
def _lay_out(
    means: NDArray[np.float32],
    row: int,
    own: NDArray[np.int32],
    left: int,
    column_origin: NDArray[np.int64],
    weight: np.float32,
    centres: NDArray[np.float32],
    aside: NDArray[np.float32],
    middle: NDArray[np.float32],
) -> None:
    """Write for every column what is to be known of the nine clusters around the cell that it lies in."""
    bands, columns = centres.shape[1], len(column_origin)
    for turn in range(_NINE):
        for i in range(len(own)):
            column = own[i] + turn % 3 - 1
            mean = means[(row + turn // 3 - 1) * columns + column]
            there = mean[bands] == mean[bands]
            for band in range(bands):
                centres[turn, band, i] = mean[band] if there else 0
            middle[turn, i] = mean[bands] if there else 0
            step = np.float32(left + i - column_origin[column]) - mean[bands + 1]
            aside[turn, i] = weight * (step * step) if there else _FAR


@njit(nogil=True, cache=True, error_model="numpy")
def _measure(
    pixels: NDArray[np.float32],
    centres: NDArray[np.float32],
    aside: NDArray[np.float32],
    middle: NDArray[np.float32],
    down: np.float32,
    weight: np.float32,
    distance: NDArray[np.float32],
) -> None:
    for i in range(len(distance)):
        step = down - middle[i]
        distance[i] = aside[i] + weight * (step * step)
    for band in range(len(pixels)):
        ones, others = pixels[band], centres[band]
        for i in range(len(distance)):
            step = ones[i] - others[i]
            distance[i] += step * step


@njit(nogil=True, cache=True, error_model="numpy")
def _keep_nearer(
    distance: NDArray[np.float32], cell: np.int32, nearest: NDArray[np.float32], which: NDArray[np.int32]
) -> None:
    for i in range(len(distance)):
        which[i] = cell if distance[i] < nearest[i] else which[i]
        nearest[i] = min(distance[i], nearest[i])
