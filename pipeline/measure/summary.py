"""All figures of a map against truth, with the counts that they must be read beside."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from pipeline.measure.comparison import Counts
from pipeline.measure.objects import ObjectBin
from pipeline.measure.scores import Scores, score


@dataclass(frozen=True)
class Summary:
    """What is told of one map, or of several pooled."""

    scores: Scores
    """Of the labels."""

    label_objects: int
    """Connected components of the labels where there is truth."""

    true_objects: int
    """Connected components of the true classes where there are labels."""

    boundary_precision: float
    """Share of the labels' boundary pixels near a true one; NaN where there are none."""

    boundary_recall: float
    """Share of the true boundary pixels near one of the labels; NaN where there are none."""

    boundary_f: float
    """Harmonic mean of both."""

    achievable_accuracy: float
    """Achievable segmentation accuracy of the map's objects."""

    undersegmentation_error: float
    """Under-segmentation error (Neubert and Protzel 2012) of the map's objects."""

    objects: tuple[ObjectBin, ...]
    """True objects by class and size, and those found."""


def summarise(counts: Counts) -> Summary:
    """Compute the figures.

    Raises:
        ValueError: no pixel was counted.
    """
    return Summary(
        scores=score(counts.table),
        label_objects=counts.segments.segments,
        true_objects=sum(one.objects for one in counts.objects),
        boundary_precision=counts.boundaries.precision,
        boundary_recall=counts.boundaries.recall,
        boundary_f=counts.boundaries.f,
        achievable_accuracy=counts.segments.achievable_accuracy,
        undersegmentation_error=counts.segments.undersegmentation_error,
        objects=counts.objects,
    )


def figures(summary: Summary) -> dict[str, float]:
    """Return all counts and figures that are single numbers, by name."""
    everything = {**asdict(summary), **asdict(summary.scores)}
    return {name: value for name, value in everything.items() if isinstance(value, int | float)}


def mean_figures(summaries: Sequence[Summary]) -> dict[str, float]:
    """Return the mean of each figure over the maps that have it, NaN where none has."""
    columns: dict[str, list[float]] = {}
    for summary in summaries:
        for name, value in figures(summary).items():
            columns.setdefault(name, []).extend([] if math.isnan(value) else [value])
    return {name: float(np.mean(values)) if values else math.nan for name, values in columns.items()}
