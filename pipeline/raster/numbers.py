"""Rasters of whole numbers, such as labels and truth: read as they are, whatever colours they are shown in."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.dataset import opened
from pipeline.raster.open import open_source
from pipeline.raster.source import Source, read


def open_numbers(path: str | Path) -> Source:
    """Look at a raster of one band of whole numbers (an alpha band beside it says what is outside).

    Raises:
        InputError: it cannot be opened, or is no such raster.
    """
    source = replace(open_source(path, InputConfig(bands=(1,))), palette=None, value_range=None)
    count = count_bands(source.path)
    if count != 1:
        raise InputError(
            f"{source.path}: has {count} bands, and classes or labels are read from rasters of one; take one out of it,"
            " with: gdal_translate -b 1"
        )
    if source.dtype.kind not in "iu":
        raise InputError(
            f"{source.path}: holds {source.dtype.name}, and classes or labels are whole numbers; convert it, with:"
            " gdal_translate -ot UInt32"
        )
    return source


def count_bands(path: str | Path) -> int:
    """Return the number of a raster's bands, alpha not counted.

    Raises:
        InputError: it cannot be opened.
    """
    with opened(str(path)) as dataset:
        return int(dataset.count - dataset.colorinterp.count(ColorInterp.alpha))


def read_numbers(source: Source, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read a box: numbers (h, w) and where they are valid (h, w).

    Raises:
        InputError: the file cannot be read there.
    """
    raw, valid = read(source, box)
    return raw[0], valid
