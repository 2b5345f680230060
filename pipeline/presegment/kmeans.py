"""k-means of pixels by place and colour about the cells of a lattice; compiled, without Python's lock.

A pixel belongs to its own cell or to one of the eight around it, as in gSLICr (Ren, Prisacariu and Reid, 2015). Sums
are of whole numbers, and so exact in any order. Places count from the lattice's cells, not from the image's corner:
what is rounded is rounded alike in every tile.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled
from pipeline.presegment.nearest import NINE, choose, lay_out

# So many columns at once: what is known of the nine clusters beside them stays in the nearest caches.
_CHUNK = 256


@compiled
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
        _add(features, y, 0, labels[y], sums)
    for _ in range(iterations):
        _average(sums, row_origin, column_origin, means)
        sums[:] = 0
        changed = 0
        for left in range(0, width, _CHUNK):
            end = min(left + _CHUNK, width)
            changed += _assign(
                features,
                valid,
                left,
                end,
                row_cell,
                column_cell,
                row_origin,
                column_origin,
                weight,
                means,
                labels,
                sums,
            )
        if changed == 0:
            break
    return labels


@compiled
def _add(
    features: NDArray[np.int16],
    y: int,
    left: int,
    labels: NDArray[np.int32],
    sums: NDArray[np.int64],
) -> None:
    """Add a row of pixels to the sums of features, rows, columns and pixels."""
    bands = len(features)
    for i in range(len(labels)):
        label = labels[i]
        if label:
            for band in range(bands):
                sums[label, band] += features[band, y, left + i]
            sums[label, bands] += y
            sums[label, bands + 1] += left + i
            sums[label, bands + 2] += 1


@compiled
def _average(
    sums: NDArray[np.int64],
    row_origin: NDArray[np.int64],
    column_origin: NDArray[np.int64],
    means: NDArray[np.float32],
) -> None:
    """Divide the sums, and count from the cell's origin; a cluster that has lost all its pixels stays where it was."""
    bands, columns = means.shape[1] - 2, len(column_origin)
    for cell in range(len(sums)):
        count = sums[cell, bands + 2]
        if count:
            for band in range(bands):
                means[cell, band] = np.float32(sums[cell, band] / count)
            # Whole numbers until the last step: what is rounded is the same wherever the image begins.
            down = sums[cell, bands] - count * row_origin[cell // columns]
            along = sums[cell, bands + 1] - count * column_origin[cell % columns]
            means[cell, bands] = np.float32(down / count)
            means[cell, bands + 1] = np.float32(along / count)


@compiled
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
    centres = np.empty((NINE, bands, size), np.float32)
    # Squared distance along the columns, which is the same for all rows of a cell, and the centre's row.
    aside, middle = np.empty((NINE, size), np.float32), np.empty((NINE, size), np.float32)
    pixels = np.empty((bands, size), np.float32)
    distance, nearest = np.empty(size, np.float32), np.empty(size, np.float32)
    which, around = np.empty(size, np.int32), np.empty(NINE, np.int32)
    own = column_cell[left:right]
    changed, laid = 0, 0
    for y in range(height):
        row = row_cell[y]
        if row != laid:
            lay_out(means, row, own, left, column_origin, weight, centres, aside, middle)
            for turn in range(NINE):
                around[turn] = (row + turn // 3 - 1) * columns + turn % 3 - 1
            laid = row
        for band in range(bands):
            line = features[band, y, left:right]
            for i in range(size):
                pixels[band, i] = np.float32(line[i])
        choose(pixels, centres, aside, middle, row_origin[row - 1 : row + 2] - y, weight, distance, nearest, which)
        here, known = labels[y, left:right], valid[y, left:right]
        for i in range(size):
            label = around[which[i]] + own[i] if known[i] else 0
            changed += label != here[i]
            here[i] = label
        _add(features, y, left, here, sums)
    return changed
