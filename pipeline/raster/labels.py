"""Label rasters read back, box by box."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.raster.numbers import read_numbers
from pipeline.raster.source import Source


def has_label_0(source: Source) -> bool:
    """Tell whether a label raster says itself what is nodata, and it is not 0, so that 0 is a label."""
    return source.nodata not in (None, (0,))


def read_labels(source: Source, box: Box) -> NDArray[np.integer[Any]]:
    """Read a box of a label raster, (h, w); 0 = outside, whatever the file marks it by.

    Where 0 is a label, labels are counted one up.

    Args:
        source: made by `open_numbers`.
        box: rows and columns; must lie within.

    Raises:
        InputError: it cannot be read.
    """
    labels, valid = read_numbers(source, box)
    if has_label_0(source):
        labels = labels.astype(np.int64) + 1
    return np.where(valid, labels, 0)
