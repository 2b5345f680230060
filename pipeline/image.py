"""What is done to an image and its mask of valid pixels: scaling, smoothing, gradient.

An image is (bands, h, w); `valid` is (h, w), False where a pixel is outside. No result at a valid pixel depends on
an invalid one.
"""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

_Float = TypeVar("_Float", np.float32, np.float64)

TRUNCATE = 4.0
"""Where scipy.ndimage.gaussian_filter cuts its kernel, in sigmas; the same with nodata, so that the two agree."""


def scale(
    raw: npt.NDArray[Any],
    valid: npt.NDArray[np.bool_],
    low: npt.ArrayLike,
    high: npt.ArrayLike,
) -> npt.NDArray[np.float32]:
    """Stretch every band from low..high to 0..1, clipped.

    Args:
        raw: (bands, h, w), any real dtype; invalid pixels may hold anything.
        valid: (h, w).
        low: what becomes 0, one number per band.
        high: what becomes 1, one number per band; a band where it is not above `low` becomes 0.

    Returns:
        (bands, h, w) float32, exactly 0 at invalid pixels.
    """
    lows, highs = np.asarray(low, np.float64), np.asarray(high, np.float64)
    if not lows.shape == highs.shape == raw.shape[:1]:
        raise ValueError(f"scale wants one low and one high for each of {raw.shape[0]} bands")
    scaled = np.zeros(raw.shape, np.float32)
    # Infinities and NaN at invalid pixels make numpy complain, and are dropped below.
    with np.errstate(over="ignore", invalid="ignore"):
        for band in np.flatnonzero(highs > lows):
            # One band at a time in float64: float32 would lose the low bits of 32 and 64 bit data.
            values = raw[band].astype(np.float64)
            values -= lows[band]
            values /= highs[band] - lows[band]
            np.clip(values, 0, 1, out=values)
            np.copyto(scaled[band], values, where=valid, casting="same_kind")
    return scaled


def smooth(image: npt.NDArray[_Float], valid: npt.NDArray[np.bool_], sigma: float) -> npt.NDArray[_Float]:
    """Smooth every band with a Gaussian that does not see past invalid pixels.

    Normalised convolution (Knutsson and Westin, CVPR 1993), with a kernel that reaches along the pixel's row, and
    from there along columns, only as far as pixels are valid without a gap: what nodata divides is not mixed, however
    thin the gap. Without invalid pixels it is scipy.ndimage.gaussian_filter of every band.

    Args:
        image: (bands, h, w) float32 or float64, finite where valid.
        valid: (h, w).
        sigma: standard deviation in pixels; below 1/8 the kernel is one pixel and `image` itself is returned.

    Returns:
        (bands, h, w) of the image's dtype; 0 at invalid pixels if anything was smoothed.
    """
    radius = int(TRUNCATE * sigma + 0.5)
    if radius == 0:
        return image
    if valid.all():
        return _smooth_all(image, sigma)
    kernel = np.exp(-0.5 * (np.arange(radius + 1) / sigma) ** 2)
    # The mask is blurred along as a last band: the share of the kernel that fell on pixels within reach.
    stack = np.concatenate([np.where(valid, image, 0), valid[None]], dtype=image.dtype)
    for axis in (0, 1):
        stack = _blur_runs(stack, valid, kernel, axis)
    share = stack[-1]
    share[~valid] = 1
    smoothed: npt.NDArray[_Float] = stack[:-1] / share
    return smoothed


def gradient(image: npt.NDArray[_Float], valid: npt.NDArray[np.bool_]) -> npt.NDArray[_Float]:
    """Return the largest gradient magnitude of all bands, per pixel.

    Central differences within, one-sided ones beside an invalid pixel or the edge (as numpy.gradient at edges), so
    that nodata makes no ridge.

    Args:
        image: (bands, h, w), finite where valid.
        valid: (h, w).

    Returns:
        (h, w) of the image's dtype, per pixel of distance; 0 at invalid pixels.
    """
    steepest = np.zeros(valid.shape, image.dtype)
    known = [_pairs(valid, axis) for axis in (0, 1)]
    sides = [np.maximum(_both_sides(pairs.astype(image.dtype), axis), 1) for axis, pairs in enumerate(known)]
    for band in image:
        square = np.zeros_like(steepest)
        for axis in (0, 1):
            steps = np.zeros(known[axis].shape, image.dtype)
            ahead, behind = _shifted(band, 1, axis), _shifted(band, -1, axis)
            np.subtract(ahead, behind, out=steps, where=known[axis])
            square += (_both_sides(steps, axis) / sides[axis]) ** 2
        np.maximum(steepest, square, out=steepest)
    return np.sqrt(steepest, out=steepest)


def _smooth_all(image: npt.NDArray[_Float], sigma: float) -> npt.NDArray[_Float]:
    from scipy.ndimage import gaussian_filter

    smoothed = np.empty_like(image)
    for band, output in zip(image, smoothed, strict=True):
        gaussian_filter(band, sigma, output=output, truncate=TRUNCATE)
    return smoothed


def _blur_runs(
    stack: npt.NDArray[_Float], valid: npt.NDArray[np.bool_], kernel: npt.NDArray[np.float64], axis: int
) -> npt.NDArray[_Float]:
    """Blur along one axis of the planes, over the run of valid pixels around each; the edge reflects."""
    radius, length = len(kernel) - 1, valid.shape[axis]
    margin: list[tuple[int, int]] = [(radius, radius) if index == axis else (0, 0) for index in (0, 1)]
    padded = np.pad(stack, [(0, 0), *margin], mode="symmetric")
    open_to = np.pad(valid, margin, mode="symmetric")
    blurred = stack.copy()
    for side in (-1, 1):
        reach = valid.copy()
        for distance in range(1, radius + 1):
            start = radius + side * distance
            line, every = slice(start, start + length), slice(None)
            window: tuple[slice, slice] = (line, every) if axis == 0 else (every, line)
            reach &= open_to[window]
            if not reach.any():
                break
            blurred += padded[:, *window] * (reach * float(kernel[distance])).astype(stack.dtype)
    return blurred


def _shifted(plane: npt.NDArray[Any], by: int, axis: int) -> npt.NDArray[Any]:
    """Return the plane without its first (by = 1) or last (by = -1) line along the axis."""
    line = slice(1, None) if by > 0 else slice(None, -1)
    return plane[line] if axis == 0 else plane[:, line]


def _pairs(valid: npt.NDArray[np.bool_], axis: int) -> npt.NDArray[np.bool_]:
    """Return where a pixel and the next along the axis are both valid."""
    both: npt.NDArray[np.bool_] = _shifted(valid, 1, axis) & _shifted(valid, -1, axis)
    return both


def _both_sides(steps: npt.NDArray[_Float], axis: int) -> npt.NDArray[_Float]:
    """Return, for every pixel, the sum of the steps to it and from it."""
    padded = np.pad(steps, [(1, 1) if index == axis else (0, 0) for index in (0, 1)])
    total: npt.NDArray[_Float] = _shifted(padded, 1, axis) + _shifted(padded, -1, axis)
    return total
