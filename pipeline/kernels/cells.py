"""Means over square cells of a lattice, in one pass."""

import numpy as np
import numpy.typing as npt

from pipeline.kernels.compiled import compiled


@compiled
def cell_means(
    image: npt.NDArray[np.float32],
    valid: npt.NDArray[np.bool_],
    corner: tuple[int, int],
    step: int,
    out: npt.NDArray[np.float32],
) -> npt.NDArray[np.bool_]:
    """Fill `out` (bands, cells down, cells across) with the means of cells' valid pixels, 0 where a cell has none.

    Args:
        image: C-contiguous (bands, h, w), of which the first are used.
        valid: (h, w).
        corner: row and column where the first cell begins.
        step: side of a cell; the last ones may go on beyond the image.
        out: of as many bands as are wanted.

    Returns:
        (cells down, cells across): which cells have valid pixels.
    """
    bands, down, across = out.shape
    height = len(valid)
    counts = np.zeros((down, across), np.int64)
    sums = np.zeros((bands, across))
    for cell_row in range(down):
        sums[:] = 0
        top = corner[0] + cell_row * step
        for row in range(top, min(top + step, height)):
            _count(valid[row, corner[1] :], step, counts[cell_row])
            for band in range(bands):
                _add(image[band, row, corner[1] :], valid[row, corner[1] :], step, sums[band])
        for band in range(bands):
            for cell in range(across):
                out[band, cell_row, cell] = sums[band, cell] / max(counts[cell_row, cell], 1)
    return counts > 0


@compiled
def _count(valid: npt.NDArray[np.bool_], step: int, counts: npt.NDArray[np.int64]) -> None:
    for cell in range(len(counts)):
        for place in range(cell * step, min((cell + 1) * step, len(valid))):
            counts[cell] += valid[place]


@compiled
def _add(
    values: npt.NDArray[np.float32], valid: npt.NDArray[np.bool_], step: int, sums: npt.NDArray[np.float64]
) -> None:
    for cell in range(len(sums)):
        total = 0.0
        for place in range(cell * step, min((cell + 1) * step, len(values))):
            total += values[place] if valid[place] else 0
        sums[cell] += total
