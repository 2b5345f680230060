"""From a path and settings to a Source; what cannot be segmented is refused here, in one sentence."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.io import DatasetReader

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.dataset import opened
from pipeline.raster.located import located
from pipeline.raster.nodata import nodata_values
from pipeline.raster.palette import palette_of
from pipeline.raster.part import part_of
from pipeline.raster.remote import is_remote
from pipeline.raster.source import Source
from pipeline.raster.spec import Bounds, RasterSpec
from pipeline.raster.trust import check_local

_DEFAULT_BANDS = 3
_BYTE = 8
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def open_source(
    path: str | Path, config: InputConfig, window: Box | None = None, bounds: Bounds | None = None
) -> Source:
    """Look at a raster and settle how it is read.

    Args:
        path: file, /vsi path or URL.
        config: bands and nodata.
        window: part of it, in pixels; clipped to the raster.
        bounds: part of it: left, bottom, right, top in units of its CRS; the covering pixels are taken.

    Raises:
        InputError: the raster, or what is asked of it, cannot be used.
    """
    name = located(str(path))
    if not config.allow_remote and not is_remote(name):
        check_local(name)
    with opened(name, remote=config.allow_remote) as dataset:
        if dataset.count == 0:
            inside = next(iter(dataset.subdatasets), None)
            mend = f"; it holds others, take one of them, such as {inside}" if inside else ""
            raise InputError(f"{name}: has no bands{mend}")
        # Once, for rasterio asks every band anew, and there may be 65,535.
        kinds, all_dtypes = dataset.colorinterp, dataset.dtypes
        alpha = next((i for i, kind in enumerate(kinds, 1) if kind == ColorInterp.alpha), None)
        bands = _bands(name, kinds, config.bands, alpha)
        dtypes = [all_dtypes[band - 1] for band in bands]
        if any("complex" in dtype for dtype in dtypes):
            raise InputError(f"{name}: its pixels are complex numbers ({dtypes[0]}); compute magnitude or phase first")
        dtype = np.result_type(*dtypes)
        whole = _spec(dataset, bands[0], dtype)
        if not whole.is_sound:
            numbers = " ".join(f"{number:g}" for number in whole.transform or ())
            raise InputError(
                f"{name}: its transform ({numbers}) gives pixels no size or no place; take it out, with: gdal_edit"
                " -unsetgt, or set another with -a_ullr"
            )
        part = part_of(name, whole, window, bounds)
        palette = palette_of(dataset, bands, transparency=config.nodata is None)
        flags = dataset.mask_flag_enums[bands[0] - 1]
        return Source(
            path=name,
            window=part,
            bands=bands,
            spec=whole.windowed(part),
            nodata=nodata_values(dataset, bands, config.nodata),
            # Whoever asks for the alpha band itself wants it as data.
            alpha=None if alpha in bands else alpha,
            masked=MaskFlags.per_dataset in flags
            and MaskFlags.alpha not in flags
            # The mask of a nodata value per band (tag NODATA_VALUES) is nodata too, and gives way to the setting.
            and (MaskFlags.nodata not in flags or config.nodata is None),
            palette=palette,
            value_range=_value_range(dataset, bands, dtype, palette),
            remote=config.allow_remote,
        )


def _bands(path: str, kinds: Sequence[ColorInterp], chosen: Iterable[int] | None, alpha: int | None) -> tuple[int, ...]:
    if chosen is None:
        data = [band for band, kind in enumerate(kinds, 1) if kind != ColorInterp.alpha]
        return tuple(data[:_DEFAULT_BANDS]) or ((alpha,) if alpha else ())
    beyond = [band for band in chosen if band > len(kinds)]
    if beyond:
        has = "1 band" if len(kinds) == 1 else f"{len(kinds)} bands"
        raise InputError(f"{path}: has {has}, so input.bands cannot contain {beyond[0]}; count bands from 1")
    return tuple(chosen)


def _spec(dataset: DatasetReader, band: int, dtype: np.dtype[Any]) -> RasterSpec:
    points, points_crs = dataset.gcps
    transform = tuple(float(number) for number in dataset.transform[:6])
    try:
        rpcs = tuple(sorted(dataset.rpcs.to_gdal().items())) if dataset.rpcs else ()
    except (KeyError, IndexError, ValueError):
        # Coefficients that are not complete locate nothing.
        rpcs = ()
    return RasterSpec(
        shape=dataset.shape,
        count=dataset.count,
        dtype=dtype.name,
        crs=dataset.crs.to_wkt() if dataset.crs else None,
        # rasterio gives the identity for a file without a transform.
        transform=None if transform == _IDENTITY else transform,  # type: ignore[arg-type]
        nodata=dataset.nodatavals[band - 1],
        gcps=tuple((p.row, p.col, p.x, p.y, p.z or 0.0) for p in points),
        gcps_crs=points_crs.to_wkt() if points_crs else None,
        rpcs=rpcs,
        block_shape=tuple(dataset.block_shapes[band - 1]),
    )


def _value_range(
    dataset: DatasetReader, bands: tuple[int, ...], dtype: np.dtype[Any], palette: bytes | None
) -> tuple[float, float] | None:
    if palette is not None:
        return 0.0, 255.0
    if dtype != np.uint8:
        return None
    bits = max(int(dataset.tags(band, ns="IMAGE_STRUCTURE").get("NBITS", _BYTE)) for band in bands)
    return 0.0, float(2 ** min(bits, _BYTE) - 1)
