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
    if raw.dtype == np.uint8:
        # numba takes a third of a second to import, and not all who read this module scale.
        from pipeline.kernels.stretch import stretch

        scaled = np.empty(raw.shape, np.float32)
        every = np.tile(np.arange(256.0), (len(raw), 1, 1))
        tables = scale(every, np.ones((1, 256), np.bool_), lows, highs)[:, 0]
        stretch(np.ascontiguousarray(raw), np.ascontiguousarray(valid), tables, scaled)
        return scaled
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
    if int(TRUNCATE * sigma + 0.5) == 0:
        return image
    smoothed = np.empty(image.shape, image.dtype)
    smooth_into(smoothed, image, valid, sigma)
    return smoothed


def smooth_into(
    out: npt.NDArray[_Float], image: npt.NDArray[_Float], valid: npt.NDArray[np.bool_], sigma: float
) -> None:
    """Smooth as `smooth` does, into an array (bands, h, w) of the image's dtype that is not the image itself."""
    radius = int(TRUNCATE * sigma + 0.5)
    if radius == 0:
        out[:] = image
        return
    # numba takes a third of a second to import, and not all who read this module smooth.
    from pipeline.kernels.gaussian import blur, taps
    from pipeline.kernels.masked_gaussian import blur_valid

    weights = taps(sigma, radius).astype(image.dtype)
    if valid.all():
        blur(np.ascontiguousarray(image), weights, out)
    else:
        blur_valid(np.where(valid, image, image.dtype.type(0)), np.ascontiguousarray(valid), weights, radius, out)


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
    from pipeline.kernels.steepness import steepness

    steepest: npt.NDArray[_Float] = steepness(np.ascontiguousarray(image), np.ascontiguousarray(valid))
    return steepest
