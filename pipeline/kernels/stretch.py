"""Bytes of an image looked up in a table for each band, in one pass."""

import numpy as np
import numpy.typing as npt

from pipeline.kernels.compiled import compiled


@compiled
def stretch(
    raw: npt.NDArray[np.uint8],
    valid: npt.NDArray[np.bool_],
    tables: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """Fill `out` (bands, h, w) with what tables (bands, 256) have for `raw` (bands, h, w); 0 where not valid (h, w)."""
    bands, rows, columns = raw.shape
    for band in range(bands):
        table = tables[band]
        for row in range(rows):
            for column in range(columns):
                value = table[raw[band, row, column]]
                out[band, row, column] = value if valid[row, column] else np.float32(0)
