"""Texture: how rough a place is, and how coarse its grain."""

import numpy as np
from numpy.typing import NDArray

from pipeline.image import gradient, smooth

MEASURES = 3
"""Layers that `textures` gives: gradient, fine detail, coarse detail."""

# Detail between Gaussians of these widths in pixels: of 2 to 6 px, and of 10 to 20 px from one ridge to the next.
_FINE, _COARSE = (0.0, 1.0), (2.0, 4.0)


def textures(image: NDArray[np.float32], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Measure texture at every pixel; means over a segment say what it is made of.

    Maize and vines may have one colour and one roughness, while their rows are 2 m and 4 m apart: what tells them apart
    is in which octave the detail lies (differences of Gaussians, Burt and Adelson 1983).

    Args:
        image: (bands, h, w) of 0..1, 0 outside.
        valid: (h, w); what is outside gives no detail to what is inside.

    Returns:
        (MEASURES, h, w), 0 outside: the largest gradient magnitude of the bands, per pixel; fine and coarse detail of
        the bands' mean, as magnitudes, of 0..1.
    """
    light = image.mean(axis=0, keepdims=True)
    details = [
        np.abs(smooth(light, valid, narrow) - smooth(light, valid, wide))[0] for narrow, wide in (_FINE, _COARSE)
    ]
    layers = np.stack([gradient(image, valid), *details])
    layers[:, ~valid] = 0
    return layers
