"""The finished map of the finest classes, read box by box."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.labels import read_labels
from pipeline.raster.numbers import open_numbers

SIDE = 2048
"""Rows and columns that are read at a time; whole blocks of the raster."""


def walk(finest: Path, shape: tuple[int, int]) -> Iterator[tuple[Box, NDArray[np.integer[Any]]]]:
    """Yield boxes in raster order with the finest class (h, w) of every pixel, 0 outside.

    Raises:
        InputError: the map is gone, cannot be read, or is of another size.
    """
    if not finest.is_file():
        raise InputError(f"{finest}: is gone, and classes are merged from it; segment the scene again")
    try:
        source = open_numbers(finest)
        boxes = Grid(shape, SIDE, 0) if source.spec.shape == shape else ()
        for tile in boxes:
            yield tile.write, read_labels(source, tile.write)
    except InputError as error:
        raise InputError(f"{error}; segment the scene again") from None
    if not boxes:
        raise InputError(f"{finest}: is not the map that the manifest beside it tells of; segment the scene again")
