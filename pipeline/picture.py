"""Scaled images as pictures for people."""

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box

_RGB = 3


def to_rgb(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Show a scaled image: the first three bands as red, green and blue; of fewer bands the first one as grey.

    Args:
        image: (bands, ...) of 0..1.

    Returns:
        (..., 3) uint8.
    """
    shown = image[:_RGB] if len(image) >= _RGB else np.repeat(image[:1], _RGB, axis=0)
    return np.moveaxis(np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8), 0, -1)


def thumbnail(
    image: NDArray[np.float32], valid: NDArray[np.bool_], read: Box, write: Box, step: int
) -> NDArray[np.uint8]:
    """Make a tile smaller by `step`, on a lattice of the whole scene, so that tiles' thumbnails fit together.

    A lattice cell belongs to the tile whose write box holds its first pixel; it shows the mean of its valid pixels
    within the read box.

    Args:
        image: (bands, h, w) of 0..1 over the read box.
        valid: (h, w) bool.
        read: the tile's read box.
        write: the tile's write box.
        step: side of a cell in pixels.

    Returns:
        (cells down, cells across, 4) uint8: red, green, blue, opacity; it may have no cells.
    """
    rows = np.arange(-(-write.top // step) * step, write.bottom, step)
    columns = np.arange(-(-write.left // step) * step, write.right, step)
    if not len(rows) or not len(columns):
        return np.zeros((len(rows), len(columns), 4), dtype=np.uint8)
    # numba takes a third of a second to import, and not all who read this module shrink tiles.
    from pipeline.kernels.cells import cell_means

    mean = np.empty((min(len(image), _RGB), len(rows), len(columns)), dtype=np.float32)
    corner = int(rows[0]) - read.top, int(columns[0]) - read.left
    seen = cell_means(np.ascontiguousarray(image), np.ascontiguousarray(valid), corner, step, mean)
    return np.dstack([to_rgb(mean), np.where(seen, 255, 0).astype(np.uint8)])
