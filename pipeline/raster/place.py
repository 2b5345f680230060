"""Where rasters lie on earth, and whether they lie in the same place."""

import math

from rasterio.crs import CRS
from rasterio.warp import transform_bounds

from pipeline.raster.dataset import gdal_env
from pipeline.raster.spec import Bounds, RasterSpec, apply

# Corners that differ by less than this share of a pixel are the same.
_TOLERANCE = 1e-3
# What is added around a rectangle in another reference system, as a share of its longer side.
_MARGIN = 0.01


def is_placed(spec: RasterSpec) -> bool:
    """Tell whether a raster has a transform and a reference system."""
    return spec.crs is not None and spec.transform is not None


def is_same_grid(one: RasterSpec, other: RasterSpec) -> bool:
    """Tell whether the pixels of two rasters that are placed are the same, up to a thousandth of one."""
    if one.shape != other.shape or CRS.from_wkt(one.crs) != CRS.from_wkt(other.crs):
        return False
    if one.transform is None or other.transform is None:
        return False
    a, b, _, d, e, _ = one.transform
    pixel = min(math.hypot(a, d), math.hypot(b, e))
    rows, columns = one.shape
    return all(
        math.dist(apply(one.transform, *corner), apply(other.transform, *corner)) <= _TOLERANCE * pixel
        for corner in ((0, 0), (columns, 0), (0, rows))
    )


def bounds_in(spec: RasterSpec, crs: str) -> Bounds:
    """Return the rectangle in another reference system that covers a placed raster, with a little around it.

    Raises:
        GDAL_ERRORS: one system does not lead to the other.
    """
    with gdal_env():
        left, bottom, right, top = transform_bounds(
            CRS.from_wkt(spec.crs), CRS.from_user_input(crs), *(spec.bounds or (0.0,) * 4)
        )
    margin = _MARGIN * max(right - left, top - bottom)
    return left - margin, bottom - margin, right + margin, top + margin


def meet(one: Bounds, other: Bounds) -> bool:
    """Tell whether two rectangles have anything in common; those that are not finite have not."""
    return bool(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])
