"""From a painted scene to the picture a sensor takes of it."""

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.canvas import Canvas
from pipeline.synthetic.cover import Cover
from pipeline.synthetic.noise import Floats, smooth_noise

# Red, green and blue light that reaches a shadow: the sky's, so blue is least taken.
_IN_SHADOW = (0.40, 0.45, 0.56)

_GRAIN = {Cover.WATER: 0.008, Cover.ROAD: 0.035, Cover.ROOF: 0.03, Cover.POOL: 0.03, Cover.TREES: 0.10}
"""Fine roughness of a cover, as a share of its brightness; 0.07 on open ground."""

_NOISE = 2.5
"""Standard deviation of the sensor's noise, in grey levels."""


def photograph(rng: np.random.Generator, canvas: Canvas) -> NDArray[np.uint8]:
    """Return the picture (3, h, w): uneven sun, shadows, blur of about a pixel, noise."""
    shape = canvas.truth.shape
    grain = np.array([_GRAIN.get(cover, 0.07) for cover in Cover], np.float32)[canvas.truth - 1]
    rough = grain * (smooth_noise(rng, shape, 1.7) + smooth_noise(rng, shape, 3.1))
    sun = (1 + rough) * (1 + 0.05 * smooth_noise(rng, shape, 1.5 * max(shape)))
    bands = [
        _blurred(band * sun * (1 - canvas.shadow * np.float32(1 - sky)))
        for band, sky in zip(canvas.colour, _IN_SHADOW, strict=True)
    ]
    # The light of the day must not tell maize from vines either.
    maize, vines = canvas.truth == Cover.MAIZE, canvas.truth == Cover.VINES
    if maize.any() and vines.any():
        for band in bands:
            band[vines] += band[maize].mean(dtype=np.float64) - band[vines].mean(dtype=np.float64)
    noisy = (band + np.float32(_NOISE) * rng.standard_normal(shape, np.float32) for band in bands)
    return np.stack([np.clip(np.rint(band), 0, 255).astype(np.uint8) for band in noisy])


def _blurred(band: Floats) -> Floats:
    """Smooth by the binomial 1 2 1 along both axes; edges are repeated."""
    padded = np.pad(band, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    blurred: Floats = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16
    return blurred
