"""Which part of a scene settings are tried on."""

import math

import numpy as np

from pipeline.box import Box
from pipeline.raster.sample import sample_windows
from pipeline.raster.source import Source, read

SIDE = 512
"""Rows and columns of the window, in pixels."""

# Places, down and across, where it is looked for.
_PLACES = 5
# This share of valid pixels will do: some scenes have the nodata value in single pixels all over.
_ENOUGH = 0.99


def choose_window(source: Source, seed: int) -> Box:
    """Choose a window of 512 x 512 px (less where the scene is smaller) to try settings on.

    The one nearest to the middle of the scene, among 5 x 5 spread over it, that is valid and shows anything, which
    one value all over does not; else the one that shows most; else any that holds a valid pixel.

    Raises:
        InputError: the scene cannot be read.
    """
    tops, lefts = (np.linspace(0, max(length - SIDE, 0), _PLACES).round() for length in source.spec.shape)
    rows, columns = (min(length, SIDE) for length in source.spec.shape)
    corners = dict.fromkeys((int(top), int(left)) for top in tops for left in lefts)
    best, most = None, 0.0
    middle = (tops[-1] / 2, lefts[-1] / 2)
    for top, left in sorted(corners, key=lambda corner: math.dist(corner, middle)):
        box = Box(top, left, top + rows, left + columns)
        raw, valid = read(source, box)
        pixels = raw[:, valid]
        share = float(valid.mean()) if pixels.size and (pixels != pixels[:, :1]).any() else 0.0
        if share > most:
            best, most = box, share
        if share >= _ENOUGH:
            break
    if best is None:
        # All that is valid lies between the places.
        found = next(iter(sample_windows([source], SIDE, 1, seed)), None)
        best = Box(0, 0, rows, columns) if found is None else found[0]
    return best
