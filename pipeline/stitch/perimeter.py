"""How long the outlines of a map's objects are, added up box by box."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled
from pipeline.stitch.objects import Ground


def add_perimeters(
    perimeters: NDArray[np.float64],
    objects: NDArray[np.int32],
    before: tuple[NDArray[np.int32], NDArray[np.int32]],
    ground: Ground,
    *,
    last: tuple[bool, bool],
) -> None:
    """Add to the perimeter (n,) of objects what a box shows of it: sides between two of them, and the raster's edge.

    Args:
        perimeters: of the objects that `objects` and `before` name by their place here; 0 is the outside.
        objects: (h, w).
        before: (w,) the row above, and (h,) the column to the left.
        ground: of the box's rows.
        last: whether the raster ends with the box's last row, and with its last column.
    """
    # Sums are rounded in the order in which they are made: first what lies above or left of a side, then the others.
    for second in (False, True):
        _add(perimeters, objects, before, (ground.widths, ground.heights), second)
    if last[0]:
        np.add.at(perimeters, objects[-1], ground.widths[-1])
    if last[1]:
        np.add.at(perimeters, objects[:, -1], ground.heights)


@compiled
def _add(
    perimeters: NDArray[np.float64],
    objects: NDArray[np.int32],
    before: tuple[NDArray[np.int32], NDArray[np.int32]],
    sides: tuple[NDArray[np.float64], NDArray[np.float64]],
    second: bool,  # noqa: FBT001 - compiled functions have no keywords
) -> None:
    (above, left), (widths, heights) = before, sides
    rows, columns = objects.shape
    for row in range(rows):
        for column in range(columns):
            here = objects[row, column]
            there = objects[row - 1, column] if row else above[column]
            if here != there:
                perimeters[here if second else there] += widths[row]
    for row in range(rows):
        for column in range(columns):
            here = objects[row, column]
            there = objects[row, column - 1] if column else left[row]
            if here != there:
                perimeters[here if second else there] += heights[row]
