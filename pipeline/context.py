"""What a network sees: the bands and, where it is given context, their colours and gradient over a wider view.

A few convolutions see a handful of pixels, and texture is larger than that. Smoothed by Gaussians, the surroundings are
seen at the price of a few channels; how far they reach is known, and so is the halo that a tile needs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import to_lab
from pipeline.image import TRUNCATE, gradient, smooth_into

# Channels get the spread that bands of a photograph have, a quarter or so: hues vary half as much as lightness, and a
# gradient's square root is about as large as the lightness of a dark thing.
_LAB_GAIN = 0.02
_GRADIENT_GAIN = 2.0


def widen(image: NDArray[np.float32], valid: NDArray[np.bool_], widths: Sequence[float]) -> NDArray[np.float32]:
    """Put context beside the bands of an image.

    Args:
        image: (bands, h, w) of 0..1, 0 outside.
        valid: (h, w); what is outside is not seen, and gives no context to what is inside.
        widths: standard deviations of Gaussians, in pixels.

    Returns:
        (`channels` of them, h, w) float32, 0 outside: the bands; for every width the smoothed colours and the smoothed
        root of the gradient.
    """
    if not widths:
        return image
    bands = len(image)
    own = np.empty((bands + 1, *valid.shape), np.float32)
    np.multiply(to_lab(image), np.float32(_LAB_GAIN), out=own[:-1])
    np.sqrt(gradient(image, valid), out=own[-1])
    own[-1] *= np.float32(_GRADIENT_GAIN)
    wide = np.empty((channels(bands, widths), *valid.shape), np.float32)
    wide[:bands] = image
    for number, width in enumerate(widths, 1):
        start = number * (bands + 1) - 1
        smooth_into(wide[start : start + bands + 1], own, valid, width)
    # Too narrow a Gaussian smooths nothing, and so does not put 0 outside.
    if not valid.all():
        wide[bands:, ~valid] = 0
    return wide


def channels(bands: int, widths: Sequence[float]) -> int:
    """Return how many channels `widen` gives for so many bands."""
    return bands + len(widths) * (bands + 1)


def reach(widths: Sequence[float]) -> int:
    """Return how many pixels away an input still matters to the context."""
    return max((int(TRUNCATE * width + 0.5) + 1 for width in widths), default=0)
