"""Sums of values and of their squares over the pixels of each label, in one pass."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.kernels.compiled import compiled


def totals(
    labels: npt.NDArray[np.integer], layers: npt.NDArray[Any], length: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Sum up the pixels of each label in raster order; what has label 0 counts nowhere.

    Args:
        labels: (h, w), 0 to length - 1, which int32 can hold.
        layers: (layers, h, w) of any real type.
        length: number of labels, 0 included.

    Returns:
        (length,) pixels, and (length, layers) the sums of their values and of these' squares. Values of float32 are
        squared in float32, and all is added up in float64.
    """
    # Compiled for three types alone: compiling takes a second.
    kept = layers.dtype in (np.uint8, np.float32)
    values = np.ascontiguousarray(layers, dtype=None if kept else np.float64)
    pixels, sums, squares = np.zeros(length, np.int64), *np.zeros((2, length, len(layers)))
    _add_up(np.ascontiguousarray(labels, dtype=np.int32), values, pixels, sums, squares)
    return pixels, sums, squares


@compiled
def _add_up(
    labels: npt.NDArray[np.int32],
    layers: npt.NDArray[Any],
    pixels: npt.NDArray[np.int64],
    sums: npt.NDArray[np.float64],
    squares: npt.NDArray[np.float64],
) -> None:
    count, rows, columns = layers.shape
    for row in range(rows):
        for column in range(columns):
            label = labels[row, column]
            # What is outside may be any number, such as the largest, whose square is none.
            if label:
                pixels[label] += 1
                for layer in range(count):
                    value = layers[layer, row, column]
                    sums[label, layer] += value
                    squares[label, layer] += value * value
