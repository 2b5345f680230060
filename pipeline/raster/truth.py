"""What is known of a scene, on the grid of its labels: a raster on any grid, or vector polygons."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.raster.aligned import OtherGrid, SameGrid
from pipeline.raster.dataset import GDAL_ERRORS, reason
from pipeline.raster.numbers import open_numbers
from pipeline.raster.place import bounds_in, is_placed, is_same_grid, meet
from pipeline.raster.source import Source
from pipeline.raster.spec import RasterSpec
from pipeline.raster.vector import VECTORS, open_polygons


class Truth(Protocol):
    """Numbers of true classes on a grid."""

    @property
    def names(self) -> Mapping[int, str]:
        """What classes are called, where the file says so."""

    def read(self, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Read a box of the grid: classes (h, w), whole numbers, and where they are known (h, w).

        Raises:
            InputError: the file cannot be read there.
        """


def open_truth(path: str | Path, labels: Source, attribute: str | None = None) -> Truth:
    """Look at a truth and settle how it comes to the grid of the labels.

    Args:
        path: a raster of one band of whole numbers, or vector polygons, told by the name's suffix.
        labels: whose grid counts.
        attribute: of vector polygons the field that holds the class.

    Raises:
        InputError: it cannot be opened, is no such file, or does not lie where the labels are.
    """
    if Path(path).suffix.lower() in VECTORS:
        return open_polygons(Path(path), labels, attribute)
    source = open_numbers(path)
    if attribute is not None:
        raise InputError(f"{path}: is a raster, so --field {attribute} has no meaning; leave it out")
    grid, theirs = labels.spec, source.spec
    if not (is_placed(grid) and is_placed(theirs)):
        if grid.shape != theirs.shape:
            raise InputError(
                f"{source.path}: has {_size(theirs)}, {labels.path} has {_size(grid)}, and not both have a place on"
                " earth; give a truth of the same size, or georeference both"
            )
        return SameGrid(source)
    if is_same_grid(grid, theirs):
        return SameGrid(source)
    try:
        around = bounds_in(grid, theirs.crs or "")
    except GDAL_ERRORS as error:
        raise InputError(f"{source.path}: cannot be laid over {labels.path} ({reason(error)})") from None
    if theirs.bounds is None or not meet(around, theirs.bounds):
        raise InputError(f"{source.path}: does not overlap {labels.path}; give the truth of the same place")
    return OtherGrid(source, grid)


def _size(spec: RasterSpec) -> str:
    return f"{spec.shape[1]} x {spec.shape[0]} px"
