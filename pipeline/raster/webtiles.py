"""Tiles of web maps, cut from rasters by rio-tiler."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.io import DatasetReader
from rasterio.transform import from_gcps
from rasterio.vrt import WarpedVRT

from pipeline.errors import ConfigError
from pipeline.image import scale
from pipeline.picture import to_rgb
from pipeline.raster.dataset import opened
from pipeline.raster.nodata import is_data
from pipeline.raster.palette import look_up, palette_of
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.raster.spec import Bounds
from pipeline.raster.webplace import TILE

_WEB_MERCATOR = 3857


def require_tiler() -> None:
    """Make sure that rio-tiler is there.

    Raises:
        ConfigError: it is not.
    """
    try:
        import rio_tiler.reader  # noqa: F401
    except ImportError:
        raise ConfigError("map tiles are cut by rio-tiler, which is not here: pip install 'aerialseg[view]'") from None


def read_class_tile(path: Path, bounds: Bounds) -> NDArray[np.uint8]:
    """Return a tile of a map of classes in the colours of its file; pixels are picked, never mixed.

    Args:
        path: a raster of one band with a colour table.
        bounds: of the tile, in metres of Web Mercator.

    Returns:
        (256, 256, 4): red, green, blue, opacity, which is 0 at nodata and outside.

    Raises:
        InputError: the raster cannot be read.
    """
    with _placed(str(path)) as (dataset, placed):
        # Of two bytes the table has every value, of one it ends where the colours do.
        palette = palette_of(dataset, (1,), transparency=True) or b""
        numbers = _read(placed, bounds, (1,), "nearest")
    colours, opaque = look_up(numbers[0], palette)
    return _picture(np.moveaxis(colours, 0, -1), opaque & (numbers[0] != 0))


def read_scene_tile(source: Source, scaling: Scaling, mask: Path, bounds: Bounds) -> NDArray[np.uint8]:
    """Return a tile of a scene as a picture.

    Args:
        source: the scene.
        scaling: its radiometry.
        mask: a map of its classes, which says where the scene holds data.
        bounds: of the tile, in metres of Web Mercator.

    Returns:
        (256, 256, 4): red, green, blue, opacity, which is 0 where the mask is 0 and outside.

    Raises:
        InputError: a raster cannot be read.
    """
    with _placed(str(mask)) as (_, placed):
        valid = _read(placed, bounds, (1,), "nearest")[0] != 0
    if not valid.any():
        return np.zeros((TILE, TILE, 4), dtype=np.uint8)
    with _placed(source.path) as (_, placed):
        # Indices of a palette cannot be mixed.
        raw = _read(placed, bounds, source.bands, "nearest" if source.palette else "bilinear")
    valid &= is_data(raw, source.nodata)
    if source.palette is not None:
        raw, opaque = look_up(raw[0], source.palette)
        valid &= opaque
    return _picture(to_rgb(scale(raw, valid, scaling.low, scaling.high)), valid)


@contextmanager
def _placed(path: str) -> Iterator[tuple[DatasetReader, DatasetReader]]:
    """Give a raster, and the same with a transform, which it may have by control points only."""
    with opened(path, "cannot be shown on a web map") as dataset:
        points, crs = dataset.gcps
        if not points:
            yield dataset, dataset
            return
        # Without a nodata value, what is outside is told by an alpha band.
        alpha = {} if dataset.nodata is not None else {"add_alpha": True}
        with WarpedVRT(dataset, src_crs=crs, src_transform=from_gcps(points), **alpha) as fitted:
            yield dataset, fitted


def _read(
    dataset: DatasetReader, bounds: Bounds, bands: tuple[int, ...], method: Literal["nearest", "bilinear"]
) -> NDArray[Any]:
    from rio_tiler.reader import part

    crs = CRS.from_epsg(_WEB_MERCATOR)
    image = part(
        dataset,
        bounds,
        height=TILE,
        width=TILE,
        bounds_crs=crs,
        dst_crs=crs,
        indexes=bands,
        reproject_method=method,
        # Naming an option makes it warp rasters that are in Web Mercator too: these may be rotated.
        vrt_options={"tolerance": 0.125},
    )
    pixels: NDArray[Any] = image.array.data
    return pixels


def _picture(colours: NDArray[np.uint8], valid: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.dstack([np.where(valid[..., None], colours, 0), np.where(valid, 255, 0)]).astype(np.uint8)
