"""Rasters in odd places, and where their pixels lie in tiles."""

import math

from rasterio.crs import CRS
from rasterio.warp import transform

from pipeline.raster.spec import RasterSpec, apply


def wkt(name):
    return CRS.from_user_input(name).to_wkt()


def utm_33(shape, pixel):
    return RasterSpec(
        shape, 1, "uint8", crs=wkt("EPSG:32633"), transform=(pixel, 0.0, 500000.0, 0.0, -pixel, 5400000.0)
    )


def tile_of(crs, geotransform, row, column, zoom):
    """Return column and row of the tile that holds the middle of a pixel, and the row and column within it."""
    x, y = apply(geotransform, column + 0.5, row + 0.5)
    (longitude,), (latitude,) = transform(crs, "EPSG:4326", [x], [y])
    across = (longitude / 360 + 0.5) * 2**zoom
    down = (0.5 - math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)) * 2**zoom
    return int(across), int(down), int(down % 1 * 256), int(across % 1 * 256)
