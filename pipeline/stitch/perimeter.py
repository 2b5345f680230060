"""How long outlines are on the ground."""

import numpy as np
from numpy.typing import NDArray

from pipeline.stitch.objects import Ground
from pipeline.stitch.rings import Rings


def perimeters(found: Rings, ground: Ground) -> NDArray[np.float64]:
    """Return the length (n,) of the outlines of polygons along the sides of pixels, holes included.

    A level side is as long as the pixels below it are wide; along the raster's last edge, those above.

    Args:
        found: of n polygons whose sides are level or upright, in columns and rows of the raster.
        ground: of the raster's rows.
    """
    places, rings, owners = found
    if len(owners) == 1:
        return np.zeros(0)
    steps = np.abs(np.diff(places, axis=0, append=places[-1:]))
    # From the end of a ring to the next one's beginning there is no side.
    steps[rings[1:] - 1] = 0
    rows = places[:, 1].astype(np.int64)
    lengths = steps[:, 0] * ground.widths[np.minimum(rows, len(ground.widths) - 1)]
    if np.all(ground.heights == ground.heights[0]):
        lengths += steps[:, 1] * ground.heights[0]
    else:
        down = np.concatenate([[0.0], np.cumsum(ground.heights)])[rows]
        lengths += np.abs(np.diff(down, append=down[-1:])) * (steps[:, 1] > 0)
    whole: NDArray[np.float64] = np.add.reduceat(lengths, rings[owners[:-1]])
    return whole
