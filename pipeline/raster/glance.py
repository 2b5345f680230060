"""A whole scene at a size for people, whatever its own."""

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.image import scale
from pipeline.picture import to_rgb
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source, read_file

# Values that are read at a time: bounds memory, and spans many rows of blocks of most files.
_VALUES = 2**23


def read_glance(source: Source, scaling: Scaling, longest: int) -> NDArray[np.uint8]:
    """Read a scene as a picture: every n-th pixel of every n-th row, from overviews where the file has them.

    Memory follows from `longest`, not from the scene: it is read in strips.

    Args:
        source: a scene of one file.
        scaling: its radiometry.
        longest: rows or columns of the picture, whichever are more, at most.

    Returns:
        (rows, columns, 4): red, green, blue, opacity, which is 0 where the scene has nothing.

    Raises:
        InputError: the file cannot be read.
    """
    rows, columns = source.spec.shape
    step = -(-max(rows, columns) // longest)
    down, across = -(-rows // step), -(-columns // step)
    picture = np.zeros((down, across, 4), dtype=np.uint8)
    strip = max(_VALUES // (across * source.channels), 1)
    for top in range(0, down, strip):
        bottom = min(top + strip, down)
        box = Box(top * step, 0, min(bottom * step, rows), columns)
        raw, valid = read_file(source, box, (bottom - top, across))
        picture[top:bottom, :, :3] = to_rgb(scale(raw, valid, scaling.low, scaling.high))
        picture[top:bottom, :, 3] = np.where(valid, 255, 0)
    return picture
