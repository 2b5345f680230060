"""The first look at a raster: its header and one pixel, which tell nearly everything that can be wrong with it."""

from pathlib import Path

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.open import open_source
from pipeline.raster.source import Source, read
from pipeline.raster.spec import Bounds
from pipeline.raster.trust import check_complete

# A block of more than this is decoded dozens of times, or is a few bytes on disk that mean gigabytes of nothing.
_MOST_BLOCK_BYTES = 500_000_000


def look_at(path: str | Path, config: InputConfig, window: Box | None = None, bounds: Bounds | None = None) -> Source:
    """Open a raster as `open_source` does, and read a pixel, but not of a block that fills memory.

    Raises:
        InputError: the raster, or what is asked of it, cannot be used.
    """
    source = open_source(path, config, window, bounds)
    check_complete(source)
    size, (rows, columns) = source.spec.block_bytes, source.spec.block_shape
    if size > _MOST_BLOCK_BYTES:
        raise InputError(
            f"{source.path}: its blocks of {columns} x {rows} px take {size / 1e9:.1f} GB each to decode, again for"
            " every tile; rewrite it in smaller ones, with: gdal_translate -co TILED=YES"
        )
    read(source, Box(0, 0, 1, 1))
    return source
