"""How large pixels are on the ground."""

import math

import numpy as np
from rasterio.crs import CRS
from rasterio.warp import transform as transform_points

from pipeline.raster.dataset import GDAL_ERRORS, gdal_env
from pipeline.raster.spec import RasterSpec, apply

# WGS 84: half the equator's diameter in metres, and the first eccentricity squared.
_RADIUS = 6378137.0
_ECCENTRICITY = 0.00669437999014


def pixel_size(spec: RasterSpec) -> tuple[float, float] | None:
    """Return height and width of a pixel in metres on the ground, at the middle of the raster.

    Its edges are measured on the WGS 84 ellipsoid, so that feet, degrees and Web Mercator's stretch come out right.
    None where the raster has no transform or no reference system that leads to the ground.
    """
    if spec.transform is None or spec.crs is None:
        return None
    row, column = spec.shape[0] / 2, spec.shape[1] / 2
    places = [apply(spec.transform, *place) for place in ((column, row), (column, row + 1), (column + 1, row))]
    try:
        with gdal_env():
            longitudes, latitudes = transform_points(
                CRS.from_wkt(spec.crs), CRS.from_epsg(4326), *zip(*places, strict=True)
            )
    except GDAL_ERRORS:
        return None
    height, width = (
        _length(latitudes[0], longitudes[index] - longitudes[0], latitudes[index] - latitudes[0]) for index in (1, 2)
    )
    return (height, width) if all(math.isfinite(side) and side > 0 for side in (height, width)) else None


def _length(latitude: float, east: float, north: float) -> float:
    """Return the length in metres of a short step in degrees."""
    sine = math.sin(math.radians(latitude))
    flat = 1 - _ECCENTRICITY * sine**2
    along_meridian = _RADIUS * (1 - _ECCENTRICITY) / flat**1.5
    along_parallel = _RADIUS / math.sqrt(flat) * math.cos(math.radians(latitude))
    return float(np.hypot(along_meridian * math.radians(north), along_parallel * math.radians(east)))
