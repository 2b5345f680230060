"""Colours that are told apart at a glance, for classes whose mean colours are not."""

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import to_lab

Colour = tuple[int, int, int]
"""Red, green, blue of 0..255 each."""

Colours = tuple[Colour, ...]

# Steps of each of red, green and blue among which colours are chosen.
_STEPS = 12
# As dark and as light as that: they are seen on the dark ground of the picture and on paper.
_LIGHTNESS = (38.0, 88.0)
# No greys, which scenes are full of, and nothing that glares.
_CHROMA = (18.0, 62.0)


def distinct_colours(count: int) -> Colours:
    """Return colours, each as far from all before it as can be in CIE Lab; the first ones are the most unlike."""
    axis = np.linspace(0, 1, _STEPS, dtype=np.float32)
    candidates = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")).reshape(3, -1)
    lab = to_lab(candidates[:, :, None])[:, :, 0]
    chroma = np.hypot(lab[1], lab[2])
    fit = (lab[0] >= _LIGHTNESS[0]) & (lab[0] <= _LIGHTNESS[1]) & (chroma >= _CHROMA[0]) & (chroma <= _CHROMA[1])
    candidates, places = candidates[:, fit], lab[:, fit].T
    # The green of vegetation's usual sign to begin with.
    chosen = [int(np.argmin(np.linalg.norm(places - (62.0, -38.0, 30.0), axis=1)))]
    nearest = _distances(places, chosen[0])
    while len(chosen) < count:
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, _distances(places, chosen[-1]))
    rgb = np.rint(candidates[:, chosen[:count]].T * 255).astype(int)
    return tuple((red, green, blue) for red, green, blue in rgb.tolist())


def _distances(places: NDArray[np.float32], index: int) -> NDArray[np.float32]:
    distances: NDArray[np.float32] = np.linalg.norm(places - places[index], axis=1)
    return distances
