"""Tiny rasters made for a test."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp

MakeRaster = Callable[..., Path]


@pytest.fixture
def make_raster(tmp_path) -> MakeRaster:
    """Give a function that writes an array (bands, h, w) to a raster and returns its path."""

    def make(pixels, name="scene.tif", *, mask=None, palette=None, interp=(), **options):
        path = tmp_path / name
        with (
            rasterio.Env(GDAL_TIFF_INTERNAL_MASK=options.pop("internal_mask", True)),
            rasterio.open(
                path,
                "w",
                driver=options.pop("driver", "GTiff"),
                count=pixels.shape[0],
                height=pixels.shape[1],
                width=pixels.shape[2],
                dtype=pixels.dtype,
                **options,
            ) as dataset,
        ):
            if interp:
                dataset.colorinterp = [ColorInterp[kind] for kind in interp]
            if palette is not None:
                dataset.write_colormap(1, palette)
            dataset.write(pixels)
            if mask is not None:
                dataset.write_mask(mask)
        return path

    return make


@pytest.fixture
def ramp():
    """Give a function that makes pixels (bands, h, w), none of them 0 and no two near ones alike."""

    def make(bands=3, height=20, width=30, dtype="uint8"):
        count = bands * height * width
        return (np.arange(count) % 250 + 1).reshape(bands, height, width).astype(dtype)

    return make
