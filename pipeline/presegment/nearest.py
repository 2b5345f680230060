"""The nearest of the nine clusters in and around a pixel's cell, row by row of pixels; compiled."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

NINE = 9
"""A cell and the eight around it, in raster order."""

# What no distance comes near: that to a cell in which nothing is valid.
FAR = np.float32(1e30)


@compiled
def lay_out(
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
    start = 0
    while start < len(own):
        end = start + 1
        while end < len(own) and own[end] == own[start]:
            end += 1
        for turn in range(NINE):
            column = own[start] + turn % 3 - 1
            cell = (row + turn // 3 - 1) * columns + column
            there = not np.isnan(means[cell, bands])
            for band in range(bands):
                value = means[cell, band] if there else np.float32(0)
                for i in range(start, end):
                    centres[turn, band, i] = value
            down, along = means[cell, bands], means[cell, bands + 1]
            for i in range(start, end):
                step = np.float32(left + i - column_origin[column]) - along
                middle[turn, i] = down if there else np.float32(0)
                aside[turn, i] = weight * (step * step) if there else FAR
        start = end


@compiled
def choose(
    pixels: NDArray[np.float32],
    centres: NDArray[np.float32],
    aside: NDArray[np.float32],
    middle: NDArray[np.float32],
    up: NDArray[np.int64],
    weight: np.float32,
    distance: NDArray[np.float32],
    nearest: NDArray[np.float32],
    which: NDArray[np.int32],
) -> None:
    """Find which of the nine is nearest, the first of equals. Indexed whole, since numba counts references to parts."""
    bands, size = pixels.shape
    nearest[:] = np.inf
    for turn in range(NINE):
        down = np.float32(-up[turn // 3])
        for i in range(size):
            step, first = down - middle[turn, i], pixels[0, i] - centres[turn, 0, i]
            distance[i] = aside[turn, i] + weight * (step * step) + first * first
        for band in range(1, bands):
            for i in range(size):
                step = pixels[band, i] - centres[turn, band, i]
                distance[i] += step * step
        for i in range(size):
            which[i] = np.int32(turn) if distance[i] < nearest[i] else which[i]
            nearest[i] = min(distance[i], nearest[i])
