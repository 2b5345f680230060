"""From numbers of objects to their outlines, within one box of a raster."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rasterio.features import shapes

from pipeline.box import Box
from pipeline.raster.dataset import gdal_env
from pipeline.stitch.rings import Rings


def outlines(box: Box, objects: NDArray[np.integer]) -> tuple[NDArray[np.int64], Rings]:
    """Return the polygons of a box's objects, connected by four neighbours (GDAL's polygonize).

    Args:
        box: the place.
        objects: (h, w) numbers below 2**31, 0 outside.

    Returns:
        (n,) the number of each polygon's object, and the rings of the n polygons, in columns and rows of the raster.
        An object that goes on in other boxes may have several.
    """
    # GDAL takes no unsigned numbers of 32 bits.
    numbers = objects.astype(np.int32)
    with gdal_env():
        found = list(shapes(numbers, mask=numbers != 0, connectivity=4))
    names = np.array([number for _, number in found], dtype=np.int64)
    rings = [ring for shape, _ in found for ring in shape["coordinates"]]
    lengths, counts = [len(ring) for ring in rings], [len(shape["coordinates"]) for shape, _ in found]
    # Number by number: of lists of pairs numpy takes three times as long to make an array.
    places = np.fromiter(chain.from_iterable(chain.from_iterable(rings)), np.float64, 2 * sum(lengths)).reshape(-1, 2)
    return names, (places + np.array([box.left, box.top]), _ends(lengths), _ends(counts))


def _ends(counts: list[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *counts], dtype=np.int64)
