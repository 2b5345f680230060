"""How large pixels are on the ground: on the ellipsoid, or on the map where its reference system keeps areas well."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.warp import transform as transform_points

from pipeline.raster.dataset import GDAL_ERRORS, gdal_env
from pipeline.raster.spec import RasterSpec, Transform, apply
from pipeline.stitch.objects import Ground

# WGS 84: half the equator's diameter in metres, and the first eccentricity squared.
_RADIUS = 6378137.0
_ECCENTRICITY = 0.00669437999014
# Projections whose scale leaves 1 within what one scene covers.
_STRETCHED = frozenset({"merc", "eqc", "webmerc"})

_Steps = tuple[NDArray[np.float64], NDArray[np.float64]]


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
    along_parallel, along_meridian = _radii(np.array(latitude))
    return float(np.hypot(along_meridian * math.radians(north), along_parallel * math.radians(east)))


def _radii(latitudes: NDArray[np.float64]) -> _Steps:
    """Return metres per radian along the parallel and along the meridian, at latitudes in degrees."""
    flat = 1 - _ECCENTRICITY * np.sin(np.radians(latitudes)) ** 2
    return _RADIUS / np.sqrt(flat) * np.cos(np.radians(latitudes)), _RADIUS * (1 - _ECCENTRICITY) / flat**1.5


@lru_cache(4)
def ground_of(spec: RasterSpec) -> Ground | None:
    """Return the size of the pixels of each row, in metres.

    On the WGS 84 ellipsoid where the reference system is geographic or a Mercator projection, whose metres are longer
    than those on the ground away from the equator; on the map, in its own unit turned into metres, where it is another
    projection. None where the raster has no transform or no reference system.
    """
    if spec.transform is None or spec.crs is None:
        return None
    rows = spec.shape[0]
    a, b, _, d, e, _ = spec.transform
    try:
        with gdal_env():
            crs = CRS.from_wkt(spec.crs)
            if not (crs.is_geographic or crs.to_dict().get("proj") in _STRETCHED):
                metre = crs.linear_units_factor[1]
                area, width, height = abs(a * e - b * d) * metre**2, np.hypot(a, d) * metre, np.hypot(b, e) * metre
                return Ground(np.full(rows, area), np.full(rows, width), np.full(rows, height))
            across, down = _steps(spec.transform, spec.shape, crs)
    except GDAL_ERRORS:
        return None
    sides = np.hypot(*across), np.hypot(*down)
    areas = np.abs(across[0] * down[1] - across[1] * down[0])
    if not all(np.isfinite(part).all() and (part > 0).all() for part in (areas, *sides)):
        return None
    return Ground(areas, *sides)


def mean_pixel(spec: RasterSpec) -> tuple[float, float] | None:
    """Return height and width in metres of a pixel that is as large as those of the raster are on average.

    It gives the raster's area what `ground_of` does, row by row; None where that gives none.
    """
    ground = ground_of(spec)
    if ground is None:
        return None
    height = float(ground.heights.mean())
    return height, float(ground.areas.mean()) / height


def _steps(transform: Transform, shape: tuple[int, int], crs: CRS) -> tuple[_Steps, _Steps]:
    """Return metres east and north of a step to the next column, and to the next row, at the middle of every row."""
    rows = np.arange(shape[0]) + 0.5
    middle = np.full(shape[0], shape[1] / 2)
    ends = ((-0.5, 0.0), (0.5, 0.0), (0.0, -0.5), (0.0, 0.5))
    places = [apply(transform, middle + right, rows + down) for right, down in ends]
    xs, ys = (np.concatenate(parts) for parts in zip(*places, strict=True))
    longitudes, latitudes = (np.asarray(part) for part in transform_points(crs, CRS.from_epsg(4326), xs, ys)[:2])
    longitudes, latitudes = longitudes.reshape(4, -1), latitudes.reshape(4, -1)
    east, north = _radii(latitudes.mean(0))
    across, down = (
        (east * np.radians(longitudes[end] - longitudes[start]), north * np.radians(latitudes[end] - latitudes[start]))
        for start, end in ((0, 1), (2, 3))
    )
    return across, down
