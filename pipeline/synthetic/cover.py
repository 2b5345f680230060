"""The classes of a synthetic scene."""

from enum import IntEnum


class Cover(IntEnum):
    """What a pixel of the truth is; a shadow belongs to what it falls on."""

    MEADOW = 1
    WHEAT = 2
    SOIL = 3
    MAIZE = 4
    VINES = 5
    ROAD = 6
    ROOF = 7
    POOL = 8
    WATER = 9
    TREES = 10


LAST_GROUND = Cover.VINES
"""Up to this class a cover is open ground, where things may stand."""
