"""Efficient graph-based segmentation (Felzenszwalb and Huttenlocher, IJCV 2004), by scikit-image."""

import warnings
from contextlib import nullcontext

import numpy as np
import numpy.typing as npt
from skimage import segmentation

from pipeline.config.presegment import FelzenszwalbConfig
from pipeline.image import smooth

# No image has so many pixels that a larger scale would still change anything: all pixels are one segment before.
_LARGEST_SCALE = 1e15
_BANDS_IT_TRUSTS = 3


def segment(
    image: npt.NDArray[np.float32], valid: npt.NDArray[np.bool_], config: FelzenszwalbConfig
) -> npt.NDArray[np.intp]:
    """Segment the graph of the valid pixels, each tied to its eight neighbours by their Euclidean distance.

    Without invalid pixels it is the partition of skimage.segmentation.felzenszwalb with the same settings.

    Returns:
        (h, w) labels from 1.
    """
    bands = len(image)
    scale = min(config.scale, _LARGEST_SCALE)
    # float64, as scikit-image smooths: in float32 some edges would sort otherwise.
    pixels = np.empty((*valid.shape, bands), np.float64)
    for band in range(bands):
        pixels[..., band] = smooth(image[band : band + 1].astype(np.float64), valid, config.sigma)[0]
    # scikit-image knows no mask. An edge to this value costs more than any within the image (sqrt(bands) at most)
    # and than the threshold of a lone pixel (scale / 255), so it merges nothing, but for scraps below min_size,
    # after all that they could have merged with inside: finish() sets those apart again.
    pixels[~valid] = -(1 + np.sqrt(bands) + scale / 255)
    # It warns that more than three bands may be no bands; ours always are.
    quiet = (
        warnings.catch_warnings(action="ignore", category=RuntimeWarning) if bands > _BANDS_IT_TRUSTS else nullcontext()
    )
    with quiet:
        labels: npt.NDArray[np.intp] = segmentation.felzenszwalb(
            pixels, scale=scale, sigma=0, min_size=min(config.min_size, valid.size)
        )
    labels += 1
    return labels
