"""Label rasters read back, box by box."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.errors import InputError
from pipeline.grid import Box
from pipeline.raster.dataset import opened


def label_shape(path: Path) -> tuple[int, int]:
    """Return rows and columns of a label raster.

    Raises:
        InputError: it cannot be opened, or is no raster of one band of whole numbers.
    """
    with opened(str(path)) as dataset:
        if dataset.count != 1 or not np.issubdtype(np.dtype(dataset.dtypes[0]), np.integer):
            kinds = ", ".join(sorted(set(dataset.dtypes)))
            raise InputError(
                f"{path}: is no map of labels ({dataset.count} bands of {kinds}); give one such as classes.tif"
            )
        return dataset.shape  # type: ignore[no-any-return]


def read_labels(path: Path, box: Box) -> NDArray[np.integer[Any]]:
    """Read a box of a label raster, (h, w); 0 = outside.

    Where the raster has another nodata value, its labels are counted one up, so that its 0 is a label.

    Raises:
        InputError: it cannot be read.
    """
    rows, columns = box.shape
    with opened(str(path), "cannot be read as a map of labels") as dataset:
        labels: NDArray[np.integer[Any]] = dataset.read(1, window=Window(box.left, box.top, columns, rows))
        nodata = dataset.nodata
    return labels if not nodata else np.where(labels == nodata, 0, labels.astype(np.int64) + 1)
