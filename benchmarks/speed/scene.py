"""The scene that is measured on: windows of it, cut or named, and larger ones made of its copies."""

import math
from dataclasses import dataclass
from pathlib import Path

import rasterio
from rasterio.windows import Window

from benchmarks.repeat import repeat

_MEGA = 1e6
# Sizes that differ by less are one.
_CLOSE = 0.02


@dataclass(frozen=True)
class Scene:
    """A raster file."""

    path: Path
    shape: tuple[int, int]
    """Rows and columns."""

    @classmethod
    def of(cls, path: Path) -> "Scene":
        """Read the size of a file."""
        with rasterio.open(path) as dataset:
            return cls(path.resolve(), dataset.shape)

    @property
    def megapixels(self) -> float:
        """Size of the whole."""
        return math.prod(self.shape) / _MEGA

    def window(self, megapixels: float) -> tuple[int, int] | None:
        """Return rows and columns of a window of that size at the upper left corner; None: the scene is too small.

        It is a square where the scene is large enough; a size within two hundredths of the whole gives the whole.
        """
        if abs(megapixels / self.megapixels - 1) < _CLOSE:
            return self.shape
        side = math.sqrt(megapixels * _MEGA)
        rows = min(round(side), self.shape[0])
        columns = round(megapixels * _MEGA / rows)
        return (rows, columns) if columns <= self.shape[1] else None

    def sized(self, megapixels: float, folder: Path) -> tuple[Path, tuple[int, int]]:
        """Return a file and the part of it, from its upper left corner, that has so many pixels.

        Where the scene is too small, the file is a VRT in `folder` that repeats it.
        """
        part = self.window(megapixels)
        if part is not None:
            return self.path, part
        side = round(math.sqrt(megapixels * _MEGA))
        path = folder / f"repeated-{megapixels:g}.vrt"
        repeat(self.path, side, side, path)
        return path, (side, side)

    def cut(self, megapixels: float, folder: Path) -> Path:
        """Return a tiled, uncompressed GeoTIFF in `folder` with the pixels of `window`; made when it is not there.

        Raises:
            ValueError: the scene is too small.
        """
        part = self.window(megapixels)
        if part is None:
            raise ValueError(f"{self.path.name} has no {megapixels:g} Mpx")
        path = folder / f"cut-{megapixels:g}.tif"
        if not path.exists():
            window = Window(0, 0, part[1], part[0])
            with rasterio.open(self.path) as source:
                profile = {
                    **{name: source.profile[name] for name in ("count", "dtype", "crs")},
                    "driver": "GTiff",
                    "height": part[0],
                    "width": part[1],
                    "transform": source.transform,
                    "tiled": True,
                    "blockxsize": 256,
                    "blockysize": 256,
                }
                pixels = source.read(window=window)
                with rasterio.open(path, "w", **profile) as target:
                    target.write(pixels)
        return path
