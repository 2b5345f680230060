"""What a reference system is called."""

from rasterio.crs import CRS

from pipeline.raster.dataset import GDAL_ERRORS, gdal_env

# Of 100: no code is given to a system that is only much like another.
_CERTAIN = 100


def code_of(crs: str) -> str | None:
    """Return authority and code of a reference system, such as EPSG:32633; None where it has none.

    Args:
        crs: as WKT of either version.
    """
    try:
        with gdal_env():
            found = CRS.from_wkt(crs).to_authority(confidence_threshold=_CERTAIN)
    except GDAL_ERRORS:
        return None
    return ":".join(found) if found else None


def wkt2_of(crs: str) -> str | None:
    """Return a reference system as WKT 2 (ISO 19162:2019); None where PROJ cannot say it so.

    Args:
        crs: as WKT of either version.
    """
    try:
        with gdal_env():
            return str(CRS.from_wkt(crs).to_wkt(version="WKT2_2019"))
    except GDAL_ERRORS:
        return None
