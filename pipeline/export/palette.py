"""Colours that are told apart at a glance, whatever the classes look like."""

from functools import lru_cache

import numpy as np

from pipeline.stitch.colour_names import lab

Colour = tuple[int, int, int]
"""Red, green, blue of 0..255 each."""

# Every 17th value of each band: 4096 colours to choose from.
_STEP = 17
# The page and the ink.
_TAKEN = ((255, 255, 255), (0, 0, 0))
# Nobody tells more apart.
_MOST = 256


@lru_cache(maxsize=8)
def apart(count: int) -> tuple[Colour, ...]:
    """Return colours as far apart as may be in CIE Lab, and from white and black; beyond 256 they come again.

    Each is the one of a lattice in sRGB that is farthest from all before it (Gonzalez, Theoretical Computer Science 38,
    1985: at least half as far apart as the best choice of as many), so the first ones do not depend on the count.
    """
    levels = np.arange(0, 256, _STEP)
    lattice = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    colours = [(int(red), int(green), int(blue)) for red, green, blue in lattice]
    places = lab(colours)
    nearest = np.linalg.norm(places[:, None] - lab(_TAKEN), axis=2).min(1)
    chosen = []
    for _ in range(min(count, _MOST)):
        farthest = int(nearest.argmax())
        chosen.append(colours[farthest])
        nearest = np.minimum(nearest, np.linalg.norm(places - places[farthest], axis=1))
    return tuple(chosen[place % _MOST] for place in range(count))
