"""Truth from a raster, on the grid of the labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from pipeline.box import Box
from pipeline.raster.dataset import opened
from pipeline.raster.numbers import read_numbers
from pipeline.raster.source import Source
from pipeline.raster.spec import RasterSpec


@dataclass(frozen=True)
class SameGrid:
    """A raster whose pixels are those of the labels."""

    source: Source

    @property
    def names(self) -> Mapping[int, str]:
        """None."""
        return {}

    def read(self, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Read the file's own pixels."""
        return read_numbers(self.source, box)


@dataclass(frozen=True)
class OtherGrid:
    """A raster on another grid, or in another reference system: every pixel of the labels takes the nearest."""

    source: Source
    grid: RasterSpec

    @property
    def names(self) -> Mapping[int, str]:
        """None."""
        return {}

    def read(self, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Warp the pixels of a box; there is no truth beyond the raster's edge."""
        rows, columns = self.grid.shape
        with (
            opened(
                self.source.path, "cannot be warped to the grid of the labels", remote=self.source.remote
            ) as dataset,
            WarpedVRT(
                dataset,
                crs=CRS.from_wkt(self.grid.crs),
                transform=Affine(*(self.grid.transform or ())),
                height=rows,
                width=columns,
                resampling=Resampling.nearest,
                # It tells what lies beyond the edge; a raster that has one needs no other.
                add_alpha=self.source.alpha is None,
            ) as warped,
        ):
            window = Window(box.left, box.top, box.shape[1], box.shape[0])
            return warped.read(1, window=window), warped.dataset_mask(window=window) != 0
