"""Gaussians that do not see past invalid pixels: whole rows as if all were valid, then again what is near a gap."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled
from pipeline.kernels.gaussian import blur_row_along, blur_row_down, mirrored


@compiled
def blur_valid(
    image: NDArray[Any],
    valid: NDArray[np.bool_],
    weights: NDArray[Any],
    radius: int,
    out: NDArray[Any],
) -> None:
    """Blur every plane into `out`, with a kernel that reaches along rows, then columns, up to the next invalid pixel.

    What the kernel misses is made up for by dividing by its share that fell on pixels in reach. A pixel with no gap
    within its whole kernel has what `blur` gives, to the bit.

    Args:
        image: C-contiguous (bands, h, w) of any float, 0 at invalid pixels.
        valid: (h, w).
        weights: of `taps`, in the image's dtype.
        radius: that of the taps.
        out: (bands, h, w), not the image itself; 0 at invalid pixels.
    """
    bands, height, width = image.shape
    row, share = np.empty(width, image.dtype), np.empty(width, image.dtype)
    padded = np.empty(width + 2 * (len(weights) - 1), image.dtype)
    back, ahead = np.zeros(width, np.int64), np.zeros(width, np.int64)
    gaps = np.zeros(width, np.int64)
    for y in range(min(radius, height)):
        _count(valid[y], 1, gaps)
    cut, near = np.empty(width, np.bool_), np.empty(width, np.bool_)
    for y in range(height):
        if y + radius < height:
            _count(valid[y + radius], 1, gaps)
        if y - radius > 0:
            _count(valid[y - radius - 1], -1, gaps)
        for x in range(width):
            cut[x] = gaps[x] > 0
        whole = not cut.any()
        if not whole:
            _near(cut, radius, near)
            _shares(valid, y, cut, weights, radius, share, back, ahead)
        for band in range(bands):
            blur_row_down(image[band], y, weights, row)
            if not whole:
                _again_down(image[band], y, valid[y], cut, weights, back, ahead, row)
            blur_row_along(row, weights, padded, out[band, y])
            if not whole:
                _again_along(row, valid[y], near, weights, radius, share, out[band, y])


@compiled
def _count(line: NDArray[np.bool_], by: int, gaps: NDArray[np.int64]) -> None:
    """Count a line of pixels that enters (1) or leaves (-1) the kernel's reach."""
    for x in range(len(line)):
        gaps[x] += 0 if line[x] else by


@compiled
def _near(cut: NDArray[np.bool_], radius: int, near: NDArray[np.bool_]) -> None:
    """Find the places of a row with a cut one at most `radius` away."""
    width = len(cut)
    count = 0
    for x in range(min(radius, width)):
        count += cut[x]
    for x in range(width):
        if x + radius < width:
            count += cut[x + radius]
        if x - radius > 0:
            count -= cut[x - radius - 1]
        near[x] = count > 0


@compiled
def _shares(
    valid: NDArray[np.bool_],
    y: int,
    cut: NDArray[np.bool_],
    weights: NDArray[Any],
    radius: int,
    share: NDArray[Any],
    back: NDArray[np.int64],
    ahead: NDArray[np.int64],
) -> None:
    """Find how far columns are valid above (back) and below (ahead) a row, and the kernel's share that this is."""
    height, width = valid.shape
    for x in range(width):
        share[x] = 1
        if cut[x]:
            back[x] = ahead[x] = 0
            share[x] = 0
            if valid[y, x]:
                while back[x] < radius and valid[mirrored(y - back[x] - 1, height), x]:
                    back[x] += 1
                while ahead[x] < radius and valid[mirrored(y + ahead[x] + 1, height), x]:
                    ahead[x] += 1
                total = weights[0]
                for tap in range(1, max(back[x], ahead[x]) + 1):
                    total += weights[tap] * ((tap <= back[x]) + (tap <= ahead[x]))
                share[x] = total


@compiled
def _again_down(
    plane: NDArray[Any],
    y: int,
    valid: NDArray[np.bool_],
    cut: NDArray[np.bool_],
    weights: NDArray[Any],
    back: NDArray[np.int64],
    ahead: NDArray[np.int64],
    row: NDArray[Any],
) -> None:
    height, width = plane.shape
    for x in range(width):
        if cut[x]:
            total = weights[0] * plane[y, x]
            if valid[x]:
                for tap in range(1, back[x] + 1):
                    total += weights[tap] * plane[mirrored(y - tap, height), x]
                for tap in range(1, ahead[x] + 1):
                    total += weights[tap] * plane[mirrored(y + tap, height), x]
            row[x] = total


@compiled
def _again_along(
    row: NDArray[Any],
    valid: NDArray[np.bool_],
    near: NDArray[np.bool_],
    weights: NDArray[Any],
    radius: int,
    share: NDArray[Any],
    out: NDArray[Any],
) -> None:
    width = len(row)
    for x in range(width):
        if near[x]:
            out[x] = 0
            if valid[x]:
                total, seen = weights[0] * row[x], weights[0] * share[x]
                for side in (-1, 1):
                    for tap in range(1, radius + 1):
                        place = mirrored(x + side * tap, width)
                        if not valid[place]:
                            break
                        total += weights[tap] * row[place]
                        seen += weights[tap] * share[place]
                out[x] = total / seen
