"""A finished raster made smaller, from its overviews."""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from rasterio.enums import Resampling

from pipeline.raster.dataset import opened


def read_reduced(path: Path, shape: tuple[int, int]) -> NDArray[Any]:
    """Read a label raster at another size, (rows, columns); labels are picked, never mixed."""
    with opened(str(path)) as dataset:
        reduced: NDArray[Any] = dataset.read(1, out_shape=shape, resampling=Resampling.nearest)
        return reduced
