"""The finished map of the finest classes, read box by box."""

import math
from collections.abc import Iterator, Sequence
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
"""Most rows and columns that are read at a time; whole blocks of the raster."""

# A scene has so many boxes, so that all workers have some, unless they become smaller than this.
_BOXES, _LEAST = 16, 1024


def boxes_of(shape: tuple[int, int]) -> list[Box]:
    """Return the boxes of a raster of so many rows and columns, in raster order."""
    side = SIDE
    while side > _LEAST and math.prod(shape) < _BOXES * side**2:
        side //= 2
    return [tile.write for tile in Grid(shape, side, 0)]


def walk(
    finest: Path, shape: tuple[int, int], wanted: Sequence[Box] | None = None
) -> Iterator[tuple[Box, NDArray[np.integer[Any]]]]:
    """Yield boxes with the finest class (h, w) of every pixel, 0 outside: the wanted ones, or all in raster order.

    Raises:
        InputError: the map is gone, cannot be read, or is of another size.
    """
    if not finest.is_file():
        raise InputError(f"{finest}: is gone, and classes are merged from it; segment the scene again")
    try:
        source = open_numbers(finest)
        is_same = source.spec.shape == shape
        boxes = boxes_of(shape) if wanted is None else wanted
        for box in boxes if is_same else ():
            yield box, read_labels(source, box)
    except InputError as error:
        raise InputError(f"{error}; segment the scene again") from None
    if not is_same:
        raise InputError(f"{finest}: is not the map that the manifest beside it tells of; segment the scene again")
