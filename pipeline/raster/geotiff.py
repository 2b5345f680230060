"""A small raster, whole in memory, as a GeoTIFF."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.io import MemoryFile

from pipeline.files import replacing
from pipeline.raster.dataset import gdal_env
from pipeline.raster.spec import Transform

_BLOCK = 256

Palette = Mapping[int, tuple[int, int, int]]
"""Red, green and blue per value."""


def write_geotiff(
    path: Path,
    bands: NDArray[np.uint8],
    *,
    crs: str,
    transform: Transform,
    tags: Mapping[str, str],
    palette: Palette | None = None,
) -> None:
    """Write a tiled, deflated GeoTIFF, whole or not at all; it replaces one that is there.

    Args:
        path: where; folders on the way are made.
        bands: pixels, shape (count, h, w).
        crs: what GDAL takes for a reference system, such as EPSG:32612.
        transform: from columns and rows to x and y.
        tags: of the dataset.
        palette: colours of the values, for one band only.

    Raises:
        OutputError: it cannot be written.
    """
    count, rows, columns = bands.shape
    profile = {
        "driver": "GTiff",
        "width": columns,
        "height": rows,
        "count": count,
        "dtype": bands.dtype,
        "crs": crs,
        "transform": Affine(*transform),
        "compress": "deflate",
        "predictor": 2 if palette is None else 1,
        "tiled": True,
        "blockxsize": _BLOCK,
        "blockysize": _BLOCK,
    }
    # By way of memory, because GDAL keeps silent about a full disk when it closes a file.
    with gdal_env(), MemoryFile() as memory:
        with memory.open(**profile) as dataset:
            dataset.write(bands)
            dataset.update_tags(**tags)
            if palette is not None:
                dataset.write_colormap(1, dict(palette))
        content: bytes = memory.read()
    with replacing(path) as temporary:
        temporary.write_bytes(content)
