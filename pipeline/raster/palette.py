"""Colours in place of indices."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader


def palette_of(dataset: DatasetReader, bands: tuple[int, ...], *, transparency: bool) -> bytes | None:
    """Return red, green, blue and opacity per index; transparent entries are the file's way to say nodata.

    Args:
        dataset: an open raster.
        bands: counted from 1; a palette belongs to one band alone.
        transparency: whether transparent entries are to stay so.

    Returns:
        Four bytes an index; None: the band holds values, not indices.
    """
    if len(bands) != 1 or dataset.colorinterp[bands[0] - 1] != ColorInterp.palette:
        return None
    if dataset.dtypes[bands[0] - 1] not in ("uint8", "uint16"):
        return None
    try:
        table = dataset.colormap(bands[0])
    except ValueError:
        return None
    entries = np.zeros((max(table) + 1, 4), dtype=np.uint8)
    for index, colour in table.items():
        entries[index] = colour
    if not transparency:
        entries[:, 3] = 255
    return entries.tobytes()


def look_up(indices: NDArray[Any], palette: bytes) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the colours (3, h, w) of indices (h, w), and where they are not transparent (h, w)."""
    # An index beyond the palette's end is black, as viewers show it.
    colours = np.full((np.iinfo(indices.dtype).max + 1, 4), (0, 0, 0, 255), dtype=np.uint8)
    entries = np.frombuffer(palette, np.uint8).reshape(-1, 4)
    colours[: len(entries)] = entries
    found = np.moveaxis(colours[indices], -1, 0)
    return np.ascontiguousarray(found[:3]), found[3] != 0
