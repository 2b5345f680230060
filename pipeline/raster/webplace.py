"""Where a raster lies on web maps: Web Mercator, cut into square tiles that halve in size from zoom to zoom."""

import math
from dataclasses import dataclass, replace

from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.transform import from_gcps
from rasterio.warp import transform_bounds

from pipeline.raster.dataset import GDAL_ERRORS, gdal_env
from pipeline.raster.ground import pixel_size
from pipeline.raster.spec import Bounds, RasterSpec

TILE = 256
"""Rows and columns of a tile."""

MOST_ZOOM = 30
"""Beyond it tiles are smaller than a hand."""

HALF_WORLD = 20037508.342789244
"""Metres of Web Mercator from its middle to each of its sides."""

# Nearer the poles the projection has no place.
_LATITUDE = 85.0511287798
_TURN = 360
_FEWEST_POINTS = 3


@dataclass(frozen=True)
class WebPlace:
    """Where a raster lies, and the zooms at which it is worth a look."""

    bounds: Bounds
    """West, south, east, north in degrees; across the antimeridian east is less than west."""

    least: int
    """Zoom at which the whole raster is about one tile."""

    most: int
    """First zoom whose pixels are no larger than the raster's."""


def web_place(spec: RasterSpec) -> WebPlace | None:
    """Return where a raster lies; None where it has no transform and reference system that lead to a web map.

    Control points place a raster by the affine transform that fits them best.
    """
    spec = _by_transform(spec)
    pixel = pixel_size(spec)
    if pixel is None or spec.bounds is None:
        return None
    try:
        with gdal_env():
            west, south, east, north = transform_bounds(CRS.from_wkt(spec.crs), CRS.from_epsg(4326), *spec.bounds)
    except GDAL_ERRORS:
        return None
    south, north = max(south, -_LATITUDE), min(north, _LATITUDE)
    if not (all(map(math.isfinite, (west, east))) and south < north):
        return None
    if east - west >= _TURN:
        west, east = -_TURN / 2, _TURN / 2
    else:
        # Longitudes may be counted from 0 to 360.
        west, east = (
            (edge + _TURN / 2) % _TURN - _TURN / 2 if abs(edge) > _TURN / 2 else edge for edge in (west, east)
        )
    # A metre on the ground is longer on the map, away from the equator.
    finest = min(pixel) / math.cos(math.radians((south + north) / 2))
    most = min(max(math.ceil(math.log2(2 * HALF_WORLD / TILE / finest)), 0), MOST_ZOOM)
    halvings = math.ceil(math.log2(max(max(spec.shape) / TILE, 1)))
    return WebPlace((west, south, east, north), max(most - halvings, 0), most)


def tile_bounds(zoom: int, column: int, row: int) -> Bounds:
    """Return left, bottom, right, top of a tile in metres of Web Mercator; rows are counted from the north."""
    side = 2 * HALF_WORLD / 2**zoom
    left, top = column * side - HALF_WORLD, HALF_WORLD - row * side
    return left, top - side, left + side, top


def meets(place: WebPlace, zoom: int, column: int, row: int) -> bool:
    """Tell whether a tile may hold any of a raster."""
    west, south, east, north = place.bounds
    side = _TURN / 2**zoom
    left, right = column * side - _TURN / 2, (column + 1) * side - _TURN / 2
    bottom, top = (_latitude(edge / 2**zoom) for edge in (row + 1, row))
    across = left <= east and west <= right if west <= east else left <= east or west <= right
    return across and bottom <= north and south <= top


def _latitude(down: float) -> float:
    """Return the latitude at a share of the way from the north edge of the map to its south."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


def _by_transform(spec: RasterSpec) -> RasterSpec:
    if spec.transform is not None or len(spec.gcps) < _FEWEST_POINTS:
        return spec
    fitted = from_gcps([GroundControlPoint(*point) for point in spec.gcps])
    a, b, c, d, e, f = (float(number) for number in fitted[:6])
    return replace(spec, transform=(a, b, c, d, e, f), crs=spec.gcps_crs)
