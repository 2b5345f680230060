"""Felzenszwalb and SLIC alone, every segment a label: what the pre-segmenters themselves are worth."""

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison.method import COUNTS, Outcome, Task
from pipeline.config import FelzenszwalbConfig, SlicConfig
from pipeline.presegment import presegment

# How often the span of a setting is halved, on a logarithmic scale.
_HALVINGS = 14
_SCALES = 2.0**4, 2.0**24
# SLIC lays its seeds out on a lattice and then joins small superpixels: fewer are left than were asked for.
_MORE = 32


def slic_alone(task: Task) -> list[Outcome]:
    """Ask SLIC for superpixels until as many are left as labels are wanted, or nearly."""
    valid = task.sample.valid

    def segment(seeds: float) -> NDArray[np.int32]:
        return presegment(task.sample.image, valid, SlicConfig(n_segments=seeds / valid.size * 1e6))

    return [_timed(asked, segment, asked * _MORE, asked) for asked in COUNTS]


def felzenszwalb_alone(task: Task) -> list[Outcome]:
    """Seek the scale that leaves as many segments as labels are wanted, or nearly."""

    def segment(scale: float) -> NDArray[np.int32]:
        return presegment(task.sample.image, task.sample.valid, FelzenszwalbConfig(scale=scale))

    return [_timed(asked, segment, *_SCALES) for asked in COUNTS]


def nearest_count(
    segment: Callable[[float], NDArray[np.int32]], asked: int, many: float, few: float
) -> NDArray[np.int32]:
    """Return the segments, among those of a search by halves, whose number is nearest to what is wanted.

    Args:
        segment: from a setting to segments 1..n; their number falls, but for small steps back, from `many` to `few`.
        asked: number of segments.
        many: setting that leaves many segments, above 0.
        few: setting that leaves few, above 0.
    """
    best = segment(few)
    for _ in range(_HALVINGS):
        if int(best.max()) == asked:
            break
        middle = math.sqrt(many * few)
        found = segment(middle)
        if abs(int(found.max()) - asked) < abs(int(best.max()) - asked):
            best = found
        many, few = (middle, few) if int(found.max()) > asked else (many, middle)
    return best


def _timed(asked: int, segment: Callable[[float], NDArray[np.int32]], many: float, few: float) -> Outcome:
    started = time.process_time()
    labels = nearest_count(segment, asked, many, few).astype(np.uint16)
    return Outcome(asked, labels, time.process_time() - started)
