"""Gaussians of whole planes: row by row with symmetric taps, which compilers turn into vector instructions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

# So many taps are added in one loop over a row, which then is written once, not four times.
_AT_ONCE = 4


def taps(sigma: float, radius: int) -> NDArray[np.float64]:
    """Return half a kernel of sum 1: the weights at distances from 0 to the radius, then zeros to a whole group."""
    weights = np.exp(-0.5 * (np.arange(radius + 1) / sigma) ** 2)
    weights /= weights[0] + 2 * weights[1:].sum()
    return np.pad(weights, (0, -radius % _AT_ONCE))


@compiled
def mirrored(index: int, length: int) -> int:
    """Return where an index beyond an end lies: d c b a | a b c d | d c b a."""
    index %= 2 * length
    return index if index < length else 2 * length - 1 - index


@compiled
def blur_row_down(plane: NDArray[Any], y: int, weights: NDArray[Any], row: NDArray[Any]) -> None:
    """Blur along the columns, for one row of the plane."""
    height, width = plane.shape
    for x in range(width):
        row[x] = weights[0] * plane[y, x]
    for tap in range(1, len(weights), 4):
        up0, down0 = plane[mirrored(y - tap, height)], plane[mirrored(y + tap, height)]
        up1, down1 = plane[mirrored(y - tap - 1, height)], plane[mirrored(y + tap + 1, height)]
        up2, down2 = plane[mirrored(y - tap - 2, height)], plane[mirrored(y + tap + 2, height)]
        up3, down3 = plane[mirrored(y - tap - 3, height)], plane[mirrored(y + tap + 3, height)]
        w0, w1, w2, w3 = weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3]
        for x in range(width):
            row[x] += (w0 * (up0[x] + down0[x]) + w1 * (up1[x] + down1[x])) + (
                w2 * (up2[x] + down2[x]) + w3 * (up3[x] + down3[x])
            )


@compiled
def blur_row_along(row: NDArray[Any], weights: NDArray[Any], padded: NDArray[Any], out: NDArray[Any]) -> None:
    """Blur a row along itself; `padded` is room for the row and its mirror images."""
    width, reach = len(row), len(weights) - 1
    padded[reach : reach + width] = row
    for distance in range(1, reach + 1):
        padded[reach - distance] = row[mirrored(-distance, width)]
        padded[reach + width - 1 + distance] = row[mirrored(width - 1 + distance, width)]
    for x in range(width):
        out[x] = weights[0] * row[x]
    for tap in range(1, len(weights), 4):
        left0, right0 = padded[reach - tap :], padded[reach + tap :]
        left1, right1 = padded[reach - tap - 1 :], padded[reach + tap + 1 :]
        left2, right2 = padded[reach - tap - 2 :], padded[reach + tap + 2 :]
        left3, right3 = padded[reach - tap - 3 :], padded[reach + tap + 3 :]
        w0, w1, w2, w3 = weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3]
        for x in range(width):
            out[x] += (w0 * (left0[x] + right0[x]) + w1 * (left1[x] + right1[x])) + (
                w2 * (left2[x] + right2[x]) + w3 * (left3[x] + right3[x])
            )


@compiled
def blur(image: NDArray[Any], weights: NDArray[Any], out: NDArray[Any]) -> None:
    """Blur every plane of (bands, h, w) into `out`; planes mirror at their edges.

    Args:
        image: C-contiguous planes of any float.
        weights: of `taps`, in the image's dtype.
        out: (bands, h, w), not the image itself.
    """
    bands, height, width = image.shape
    row = np.empty(width, image.dtype)
    padded = np.empty(width + 2 * (len(weights) - 1), image.dtype)
    for band in range(bands):
        for y in range(height):
            blur_row_down(image[band], y, weights, row)
            blur_row_along(row, weights, padded, out[band, y])
