"""The gradient magnitude of all bands in one pass."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled


@compiled
def steepness(image: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the largest gradient magnitude of all bands (h, w), 0 at invalid pixels, in the image's dtype.

    Args:
        image: C-contiguous (bands, h, w) of any float; what invalid pixels hold does not matter.
        valid: (h, w).
    """
    bands, height, width = image.shape
    steepest = np.zeros((height, width), image.dtype)
    # A difference of two neighbours is over two pixels, one to a single neighbour over one.
    down, along = np.empty(width, image.dtype), np.empty(width, image.dtype)
    for y in range(height):
        above, below = max(y - 1, 0), min(y + 1, height - 1)
        here, over, under = valid[y], valid[above], valid[below]
        along[0] = along[width - 1] = 1
        for x in range(1, width - 1):
            along[x] = 0.5 if here[x - 1] and here[x + 1] else 1
        for x in range(width):
            down[x] = 0.5 if over[x] and under[x] and above + 1 < below else 1
        for band in range(bands):
            rows = image[band, y], image[band, above], image[band, below]
            _add_rows(rows, (here, over, under), down, along, steepest[y])
        for x in range(width):
            steepest[y, x] = np.sqrt(steepest[y, x]) if here[x] else 0
    return steepest


@compiled
def _add_rows(
    rows: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    known: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    down: NDArray[Any],
    along: NDArray[Any],
    square: NDArray[Any],
) -> None:
    """Let a band's squared gradient count where it is the largest so far, given its row, that above, that below."""
    (row, upper, lower), (here, over, under) = rows, known
    width = len(row)
    for x in range(width):
        # An invalid neighbour stands for the pixel itself: there is no step to it. So does the edge.
        left, right = max(x - 1, 0), min(x + 1, width - 1)
        step = (lower[x] if under[x] else row[x]) - (upper[x] if over[x] else row[x])
        aside = (row[right] if here[right] else row[x]) - (row[left] if here[left] else row[x])
        step, aside = step * down[x], aside * along[x]
        square[x] = max(square[x], step * step + aside * aside)
