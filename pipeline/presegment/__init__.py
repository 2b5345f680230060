"""From an image to pre-segments: small regions of like pixels, the units that training labels as one.

A method is a module here, named as its `method` in the configuration, with one function:

    segment(image, valid, config, place, device) -> (h, w) array of int32
        0 at invalid pixels, 1..n at valid ones, by first pixel in raster order, each connected: `finish` sees to that
        where a method does not by itself.

Its image is 0 at invalid pixels and at least one pixel is valid. The place is the row and column of the image's first
pixel in the scene; only methods that lay a lattice over the scene need it. The device is one that may be used, and
what comes of it is the same on any.
"""

from importlib import import_module

import numpy as np
import numpy.typing as npt

from pipeline.config.presegment import PresegmentConfig

__all__ = ["presegment"]


def presegment(
    image: npt.NDArray[np.float32],
    valid: npt.NDArray[np.bool_],
    config: PresegmentConfig,
    place: tuple[int, int] = (0, 0),
    device: str = "cpu",
) -> npt.NDArray[np.int32]:
    """Cut an image into pre-segments.

    Args:
        image: (bands, h, w) float32, 0..1 where valid, one band or more; invalid pixels may hold anything.
        valid: (h, w) bool.
        config: the method and its settings.
        place: row and column of the image's first pixel in the scene.
        device: "cuda" lets a GPU do what a method can have it do: SLIC its clustering.

    Returns:
        (h, w) int32: 0 at invalid pixels, 1..n at valid ones, numbered by first pixel in raster order. A segment
        hangs together over edges or corners of valid pixels.
    """
    if image.ndim != 3 or image.shape[1:] != valid.shape:  # noqa: PLR2004 - bands, rows, columns
        raise ValueError(f"presegment wants (bands, h, w) and (h, w), got {image.shape} and {valid.shape}")
    segments = np.zeros(valid.shape, np.int32)
    if not valid.any():
        return segments
    # Only the box around the valid pixels costs time and memory: tiles at a scene's collar are mostly empty.
    box = rows, columns = _span(valid, axis=1), _span(valid, axis=0)
    place = place[0] + rows.start, place[1] + columns.start
    image, valid = image[:, *box], valid[box]
    if not valid.all():
        image = np.where(valid, image, np.float32(0))
    # By name, so that a new method is one new module and nothing here.
    segments[box] = import_module(f"{__name__}.{config.method}").segment(image, valid, config, place, device)
    return segments


def _span(valid: npt.NDArray[np.bool_], axis: int) -> slice:
    """Return the slice from the first to the last line that has a True along the axis."""
    indices = np.flatnonzero(valid.any(axis=axis))
    return slice(int(indices[0]), int(indices[-1]) + 1)
