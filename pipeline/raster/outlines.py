"""From numbers of objects to their outlines, within one box of a raster."""

from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rasterio.features import shapes

from pipeline.box import Box
from pipeline.raster.dataset import gdal_env
from pipeline.stitch.rings import put_together


def outlines(box: Box, objects: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return the polygons of a box's objects, connected by four neighbours (GDAL's polygonize).

    Args:
        box: the place.
        objects: (h, w) numbers below 2**31, 0 outside.

    Returns:
        (n,) the number of each polygon's object, and (n,) polygons, in columns and rows of the raster. An object that
        goes on in other boxes may have several.
    """
    # GDAL takes no unsigned numbers of 32 bits.
    numbers = objects.astype(np.int32)
    with gdal_env():
        found = list(shapes(numbers, mask=numbers != 0, connectivity=4))
    names = np.array([number for _, number in found], dtype=np.int64)
    rings = [ring for shape, _ in found for ring in shape["coordinates"]]
    places = np.array(list(chain.from_iterable(rings)), dtype=np.float64).reshape(-1, 2)
    offsets = [
        np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        for counts in ([len(ring) for ring in rings], [len(shape["coordinates"]) for shape, _ in found])
    ]
    return names, put_together(places + np.array([box.left, box.top]), *offsets)
