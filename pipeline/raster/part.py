"""Which part of a raster is meant."""

import math

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.raster.spec import Bounds, RasterSpec


def part_of(path: str, spec: RasterSpec, window: Box | None, bounds: Bounds | None) -> Box:
    """Return the part of a raster that a window or a bounding box means, in pixels; of neither, all of it.

    Raises:
        InputError: there is no such part.
    """
    if window is not None and bounds is not None:
        raise InputError(f"{path}: a window and a bounding box are both given; leave one out")
    rows, columns = spec.shape
    if window is not None:
        part = window.overlap(spec.scene)
        if part is None:
            raise InputError(f"{path}: the window lies outside; the raster has {rows} rows and {columns} columns")
        return part
    if bounds is None:
        return spec.scene
    left, bottom, right, top = bounds
    if not all(map(math.isfinite, bounds)) or left >= right or bottom >= top:
        raise InputError(
            f"{path}: a bounding box is left, bottom, right, top, got {left:g} {bottom:g} {right:g} {top:g}"
        )
    if spec.bounds is None:
        raise InputError(f"{path}: has no transform to place a bounding box by; give a window in pixels")
    part = spec.covering(bounds)
    if part is None:
        extent = " ".join(f"{edge:.10g}" for edge in spec.bounds)
        raise InputError(
            f"{path}: the bounding box lies outside; the raster covers {extent} (left, bottom, right, top)"
        )
    return part
