"""Whether a label raster holds what was written to it.

GDAL writes blocks late, when its cache is full or the file is closed, and does not always report that the disk was
full by then: blocks are missing from the file, and read as nodata.
"""

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.box import Box


def checksum(labels: NDArray[Any]) -> int:
    """Return the CRC-32 of the pixels in raster order."""
    return zlib.crc32(np.ascontiguousarray(labels).data)


def first_fault(path: Path, written: Iterable[tuple[Box, int]]) -> str | None:
    """Read a raster and its overviews back; say what is wrong with it, None if nothing is.

    Args:
        path: single-band raster.
        written: boxes and the checksums of what was written there last.

    Raises:
        GDAL_ERRORS: a block cannot be read.
    """
    with rasterio.open(path) as dataset:
        for box, expected in written:
            rows, columns = box.shape
            if checksum(dataset.read(1, window=Window(box.left, box.top, columns, rows))) != expected:
                return f"rows {box.top} to {box.bottom}, columns {box.left} to {box.right} were lost on the way to disk"
        levels = len(dataset.overviews(1))
    for level in range(levels):
        with rasterio.open(path, overview_level=level) as overview:
            for _, window in overview.block_windows(1):
                overview.read(1, window=window)
    return None
