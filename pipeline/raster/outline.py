"""Where the edge of a raster runs on earth."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.rpc import RPC
from rasterio.transform import GCPTransformer, RPCTransformer
from rasterio.warp import transform as transform_points

from pipeline.raster.dataset import GDAL_ERRORS, gdal_env
from pipeline.raster.spec import RasterSpec, Transform, apply

# Steps along each side; a side of a UTM zone's width bends by less than a ten-thousandth of its length between two.
_STEPS = 32
_WGS84 = 4326

# How rasterio calls a pixel's upper left corner, which places are counted from here.
_CORNER = "ul"

_Line = NDArray[np.float64]
_Places = tuple[_Line, _Line]


def outline(spec: RasterSpec) -> NDArray[np.float64] | None:
    """Return the edge of a raster on WGS 84, (n, 2) longitudes and latitudes in degrees, around it once.

    It is placed by its transform, else by its control points (GDAL's polynomial through them), else by its rational
    polynomial coefficients at their mean height. None where it has none of these, or where they do not lead to WGS 84.
    """
    locate = _locator(spec)
    if locate is None:
        return None
    columns, rows = _edge(spec.shape)
    try:
        with gdal_env():
            ring = np.stack(locate(columns, rows), axis=1)
    except (*GDAL_ERRORS, ValueError):
        return None
    return ring if np.isfinite(ring).all() else None


def _edge(shape: tuple[int, int]) -> _Places:
    """Return columns and rows of points around a raster, from the upper left corner downwards."""
    rows, columns = shape
    along = np.arange(_STEPS) / _STEPS
    zero, one = np.zeros(_STEPS), np.ones(_STEPS)
    across = np.concatenate([zero, along, one, 1 - along])
    down = np.concatenate([along, one, 1 - along, zero])
    return across * columns, down * rows


def _locator(spec: RasterSpec) -> Callable[[_Line, _Line], _Places] | None:
    """Return what leads from columns and rows to longitudes and latitudes."""
    if spec.transform is not None:
        return partial(_by_transform, spec.transform, spec.crs) if spec.crs is not None else None
    if spec.gcps and spec.gcps_crs is not None:
        return partial(_by_points, spec.gcps, spec.gcps_crs)
    return partial(_by_coefficients, dict(spec.rpcs)) if spec.rpcs else None


def _by_transform(transform: Transform, crs: str, columns: _Line, rows: _Line) -> _Places:
    return _to_wgs84(crs, *apply(transform, columns, rows))


def _by_points(gcps: tuple[tuple[float, ...], ...], crs: str, columns: _Line, rows: _Line) -> _Places:
    with GCPTransformer([GroundControlPoint(*point) for point in gcps]) as transformer:
        xs, ys = transformer.xy(rows, columns, offset=_CORNER)
    return _to_wgs84(crs, np.asarray(xs), np.asarray(ys))


def _by_coefficients(rpcs: dict[str, str], columns: _Line, rows: _Line) -> _Places:
    coefficients = RPC.from_gdal(rpcs)
    with RPCTransformer(coefficients, RPC_HEIGHT=coefficients.height_off) as transformer:
        longitudes, latitudes = transformer.xy(rows, columns, offset=_CORNER)
    return np.asarray(longitudes), np.asarray(latitudes)


def _to_wgs84(crs: str, xs: _Line, ys: _Line) -> _Places:
    longitudes, latitudes = transform_points(CRS.from_wkt(crs), CRS.from_epsg(_WGS84), xs, ys)
    return np.asarray(longitudes), np.asarray(latitudes)
