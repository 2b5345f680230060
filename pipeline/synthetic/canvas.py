"""What a scene is painted on: truth, colour and shadow, each clipped at the scene's edges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.cover import Cover
from pipeline.synthetic.noise import Floats

Mask = NDArray[np.bool_]

SHADOW = (-0.5, -0.8)
"""Rows and columns per pixel of height by which a shadow falls: the sun stands in the east-south-east."""


@dataclass(frozen=True)
class Stamp:
    """A thing seen from above, on a small window."""

    mask: Mask
    """Shape (rows, columns), both odd; the thing's place is the window's middle."""
    light: Floats
    """Brightness of each pixel of the window, about 1."""


@dataclass(frozen=True)
class Canvas:
    """The arrays that things are painted into."""

    truth: NDArray[np.uint8]
    """Shape (h, w), values of `Cover`."""
    colour: Floats
    """Shape (3, h, w), 0 to 255, in even light."""
    shadow: Floats
    """Shape (h, w), 0 lit to 1 in shadow."""

    def window(self, stamp: Stamp, y: float, x: float) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return the slices of the scene that a stamp at row y and column x covers, and those of the stamp."""
        scene, own = [], []
        for place, length, size in zip((y, x), stamp.mask.shape, self.truth.shape, strict=True):
            start = round(place) - length // 2
            first, last = min(max(start, 0), size), max(min(start + length, size), 0)
            scene.append(slice(first, max(first, last)))
            own.append(slice(first - start, max(first, last) - start))
        return (scene[0], scene[1]), (own[0], own[1])

    def covers(self, stamp: Stamp, y: float, x: float) -> NDArray[np.uint8]:
        """Return the truth under a stamp, as a list; empty outside the scene."""
        scene, own = self.window(stamp, y, x)
        return self.truth[scene][stamp.mask[own]]

    def cast(self, stamp: Stamp, y: float, x: float, height: float) -> None:
        """Lay the shadow of a thing of a height in pixels."""
        for share in np.linspace(0, 1, 2 + int(height / 4)):
            scene, own = self.window(stamp, y + SHADOW[0] * height * share, x + SHADOW[1] * height * share)
            self.shadow[scene][stamp.mask[own]] = 1

    def paint(self, stamp: Stamp, y: float, x: float, cover: Cover, colour: NDArray[np.float64]) -> None:
        """Put a thing on the scene, lit; colour is (3,)."""
        scene, own = self.window(stamp, y, x)
        mask = stamp.mask[own]
        self.truth[scene][mask] = cover
        self.shadow[scene][mask] = 0
        self.colour[:, *scene][:, mask] = colour[:, None] * stamp.light[own][mask]
