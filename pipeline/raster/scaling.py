"""The radiometry of a scene: what becomes 0 and what 1, per band, the same for every tile."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import InputConfig
from pipeline.raster.sample import sample_windows
from pipeline.raster.source import Source

_SIDE = 128
# Most values that a measurement holds, over all bands; scenes of few bands stay below with every pixel taken.
_VALUES = 2**24

# Beyond this, the difference of two numbers may be infinite.
_FURTHEST = sys.float_info.max / 4


@dataclass(frozen=True)
class Scaling:
    """Per band, the value that becomes 0 and the one that becomes 1."""

    low: tuple[float, ...]
    high: tuple[float, ...]


def measure_scaling(sources: Sequence[Source], config: InputConfig, seed: int) -> Scaling:
    """Return the radiometry of a scene, or of several together that are alike in channels and type.

    8-bit bands and palettes have a fixed range. Others: percentiles of the valid pixels of windows of 128 px, spread
    over the scenes by the seed. A band of (nearly) one value is stretched from least to greatest; a constant one
    becomes 0.

    Raises:
        InputError: a file cannot be read.
    """
    channels, value_range = sources[0].channels, sources[0].value_range
    if value_range is not None:
        low, high = value_range
        return Scaling((low,) * channels, (high,) * channels)
    most = max(_VALUES // (config.windows * channels), 1)
    sample = [_thinned(raw[:, valid], most) for _, raw, valid in sample_windows(sources, _SIDE, config.windows, seed)]
    if not sample:
        return Scaling((0.0,) * channels, (1.0,) * channels)
    ranges = [_range(np.concatenate([part[band] for part in sample]), config) for band in range(channels)]
    return Scaling(tuple(low for low, _ in ranges), tuple(high for _, high in ranges))


def _thinned(pixels: NDArray[Any], most: int) -> NDArray[Any]:
    """Return at most so many pixels (bands, n), evenly taken."""
    step = -(-pixels.shape[1] // most)
    return pixels[:, ::step].copy()


def _range(values: NDArray[Any], config: InputConfig) -> tuple[float, float]:
    # Values that occur, not interpolated ones: the difference of two may overflow their type.
    low, high = (float(value) for value in np.percentile(values, config.percentiles, method="nearest"))
    if low == high:
        low, high = float(values.min()), float(values.max())
    low, high = max(low, -_FURTHEST), min(high, _FURTHEST)
    if low == high:
        high = low + max(1.0, abs(low))
    return low, high
