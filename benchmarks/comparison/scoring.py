"""A label map against the truth, in a few numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison.scenes import Sample, Scene
from pipeline.measure.contingency import Contingency
from pipeline.measure.scores import score


@dataclass(frozen=True)
class Marks:
    """Scores of one map; see `pipeline.measure.scores.Scores`."""

    labels: int
    """Labels in the whole map."""

    miou: float
    """Mean over true classes of the best IoU of any label."""

    ari: float
    union: float | None
    """IoU of buildings with the best union of labels; None where there are no buildings."""

    hungarian: float
    accuracy: float
    v_measure: float
    variation: float
    """Variation of information, in bits."""


def mark(labels: NDArray[np.uint16], sample: Sample, scene: Scene) -> Marks:
    """Score a map (h, w), 0 outside."""
    contingency = Contingency(scene.ignore)
    contingency.add(labels, sample.truth)
    scores = score(contingency.table())
    unions = {one.value: one.union_iou for one in scores.per_class}
    return Marks(
        labels=int(np.count_nonzero(np.bincount(labels.ravel())[1:])),
        miou=scores.best_match_miou,
        ari=scores.ari,
        union=unions.get(scene.buildings),
        hungarian=scores.hungarian_miou,
        accuracy=scores.accuracy,
        v_measure=scores.v_measure,
        variation=scores.split + scores.merge,
    )
