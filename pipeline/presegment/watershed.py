"""Compact watershed of the gradient (Neubert and Protzel, ICPR 2014), by scikit-image."""

import numpy as np
import numpy.typing as npt
from skimage import segmentation

from pipeline.config.presegment import WatershedConfig
from pipeline.image import gradient, smooth
from pipeline.presegment.finish import finish


def segment(
    image: npt.NDArray[np.float32],
    valid: npt.NDArray[np.bool_],
    config: WatershedConfig,
    _place: tuple[int, int],
    _device: str,
) -> npt.NDArray[np.int32]:
    """Flood the gradient magnitude (the largest of all bands, in units of 0..1 per pixel) from a regular lattice.

    Returns:
        (h, w) segments from 1, among them islands that no marker reached; 0 at invalid pixels.
    """
    relief = gradient(smooth(image, valid, config.sigma), valid)
    markers = _lattice(valid.shape, config.n_segments / 1e6)
    basins: npt.NDArray[np.int32] = segmentation.watershed(  # type: ignore[no-untyped-call]
        relief, markers, mask=valid, compactness=config.compactness
    )
    return finish(basins, valid)


def _lattice(shape: tuple[int, ...], density: float) -> npt.NDArray[np.int32]:
    """Return (h, w) markers 1, 2, … on an even lattice of `density` markers per pixel, one at least."""
    height, width = shape
    count = max(1, round(min(density, 1) * height * width))
    rows = min(height, count, max(1, round(height * min(density, 1) ** 0.5)))
    columns = min(width, max(1, round(count / rows)))
    markers = np.zeros(shape, np.int32)
    y = (2 * np.arange(rows) + 1) * height // (2 * rows)
    x = (2 * np.arange(columns) + 1) * width // (2 * columns)
    markers[np.ix_(y, x)] = np.arange(1, rows * columns + 1).reshape(rows, columns)
    return markers
