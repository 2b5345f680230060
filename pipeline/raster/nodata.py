"""The values that mark pixels as outside."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.io import DatasetReader

# The square of a larger number is infinite; it is no measurement, but what programs put where there is none.
_MOST = 1e150


def nodata_values(
    dataset: DatasetReader, bands: Iterable[int], setting: float | str | None
) -> tuple[float, ...] | None:
    """Return the value that marks a pixel as outside in each of the bands, where the pixel has them all.

    Args:
        dataset: an open raster.
        bands: counted from 1.
        setting: a value for all bands, "none", or "nan"; None: the file's own.

    Returns:
        A value per band, as the band's type holds it. None when a band has no such value or cannot hold it, since no
        pixel has them all then; and when it is not finite, since such pixels are outside anyway.
    """
    values = []
    dtypes, own, flags = dataset.dtypes, dataset.nodatavals, dataset.mask_flag_enums
    for band in bands:
        dtype = np.dtype(dtypes[band - 1])
        given = own[band - 1] if setting is None else setting
        if given is None and MaskFlags.nodata in flags[band - 1] and dtype in (np.int64, np.uint64):
            # The file has one that rasterio drops: the type's largest number, which as a float is one too large.
            given = int(np.iinfo(dtype).max)
        value = None if given is None or isinstance(given, str) else _held(given, dtype)
        if value is None:
            return None
        values.append(value)
    return tuple(values)


def is_data(raw: NDArray[Any], nodata: tuple[float, ...] | None) -> NDArray[np.bool_]:
    """Say which pixels (bands, h, w) are neither nodata in all bands nor NaN or beyond 1e150 in any, (h, w)."""
    valid = np.ones(raw.shape[1:], dtype=np.bool_)
    if nodata is not None:
        differs = [band != band.dtype.type(value) for band, value in zip(raw, nodata, strict=True)]
        valid = np.logical_or.reduce(differs)
    if raw.dtype == np.float64:
        valid &= (np.abs(raw) < _MOST).all(axis=0)
    elif np.issubdtype(raw.dtype, np.floating):
        valid &= np.isfinite(raw).all(axis=0)
    return valid


def _held(value: float, dtype: np.dtype[Any]) -> float | None:
    """Return the value as the type holds it; None if it cannot, or if it is not finite and so outside anyway."""
    if not math.isfinite(value):
        return None
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        return int(value) if value == int(value) and limits.min <= int(value) <= limits.max else None
    with np.errstate(over="ignore"):
        held = float(dtype.type(value))
    return held if math.isfinite(held) else None
