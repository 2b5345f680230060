"""Maps held against truth: files in, counts out, window by window."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

import numpy as np

from pipeline.errors import ConfigError, InputError
from pipeline.grid import Grid
from pipeline.measure.boundary import Tolerance
from pipeline.measure.comparison import AREAS_M2, AREAS_PX, Comparison, Counts
from pipeline.measure.summary import Summary, summarise
from pipeline.raster.ground import pixel_size
from pipeline.raster.labels import has_label_0, read_labels
from pipeline.raster.numbers import open_numbers
from pipeline.raster.source import Source
from pipeline.raster.truth import Truth, open_truth
from pipeline.run.pairing import Pair

_WINDOW = 1024
# A window's halo is as wide; beyond, it would be most of what is read.
_WIDEST = 1024

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measuring:
    """How maps are held against truth."""

    tolerance: float = 1.5
    """Of boundaries: metres on the ground, or pixels where a map has no place on earth."""

    ignore: tuple[int, ...] = ()
    """Values of the truth that are not counted."""

    attribute: str | None = None
    """Of vector polygons the field that holds the class."""


@dataclass(frozen=True)
class Compared:
    """One map held against its truth."""

    pair: Pair
    counts: Counts
    names: Mapping[int, str]
    """What classes are called, where the truth says so."""

    @cached_property
    def summary(self) -> Summary:
        """All figures."""
        return summarise(self.counts)


@dataclass(frozen=True)
class Evaluation:
    """Maps held against truth, one by one and pooled."""

    compared: tuple[Compared, ...]
    pooled: Counts
    """Of all maps, as if their labels meant the same."""

    unit: str
    """Of the tolerance: m, or px where a map has no place on earth; areas are in its square, or in pixels."""

    @cached_property
    def summary(self) -> Summary:
        """All figures of the pool."""
        return summarise(self.pooled)


def evaluate_pairs(pairs: Sequence[Pair], measuring: Measuring, say: Say) -> Evaluation:
    """Hold maps against their truths; `say` takes a line at a time.

    Raises:
        AerialsegError: a file cannot be used, or nothing can be compared.
    """
    if not (measuring.tolerance >= 0 and math.isfinite(measuring.tolerance)):
        raise ConfigError(f"--tolerance {measuring.tolerance:g}: must be 0 or more")
    opened = [_open(pair, measuring) for pair in pairs]
    if len({tuple(sorted(truth.names.items())) for _, truth in opened}) > 1:
        raise InputError(
            f"{pairs[0].truth}: its classes are texts, and those of other truths differ; give a --field of whole"
            " numbers"
        )
    sizes = [pixel_size(labels.spec) for labels, _ in opened]
    on_ground = all(size is not None for size in sizes)
    compared: list[Compared] = []
    for pair, (labels, truth), size in zip(pairs, opened, sizes, strict=True):
        if len(pairs) > 1:
            say(f"{pair.name}: {pair.truth}")
        if has_label_0(labels):
            say(f"{pair.labels}: its nodata is not 0, so 0 is a label, and labels are counted one up")
        pixel = size if on_ground and size is not None else (1.0, 1.0)
        tolerance = Tolerance(measuring.tolerance, pixel)
        if tolerance.halo > _WIDEST:
            raise ConfigError(
                f"--tolerance {measuring.tolerance:g}: is {tolerance.halo} pixels of {labels.path}; give less than"
                f" {_WIDEST * min(pixel):g}"
            )
        area = math.prod(pixel)
        comparison = Comparison(
            labels.spec.shape[1], tolerance, pixel_area=area, edges=AREAS_M2 if on_ground else AREAS_PX
        )
        counts = _compare(labels, truth, measuring.ignore, comparison, tolerance.halo)
        if not counts.table.pixels:
            raise InputError(
                f"{pair.truth}: has no pixel to compare with {pair.labels}; where one is known the other is nodata or"
                " ignored"
            )
        compared.append(Compared(pair, counts, truth.names))
    return Evaluation(tuple(compared), reduce(add, [one.counts for one in compared]), unit="m" if on_ground else "px")


def _open(pair: Pair, measuring: Measuring) -> tuple[Source, Truth]:
    labels = open_numbers(pair.labels)
    return labels, open_truth(pair.truth, labels, measuring.attribute)


def _compare(labels: Source, truth: Truth, ignore: tuple[int, ...], comparison: Comparison, halo: int) -> Counts:
    for tile in Grid(labels.spec.shape, _WINDOW, halo):
        classes, valid = truth.read(tile.read)
        if ignore:
            valid &= ~np.isin(classes, ignore)
        comparison.add(tile, read_labels(labels, tile.read), classes, valid)
    return comparison.finish()
