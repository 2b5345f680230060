"""Scores of a map's labels against true classes, all from their contingency table."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import entropy

from pipeline.measure.contingency import Table
from pipeline.measure.iou import assigned_labels, best_labels, best_unions


@dataclass(frozen=True)
class ClassScores:
    """How well one true class is found."""

    value: int
    """Its number in the truth."""

    pixels: int
    """Pixels of it that were compared."""

    best_label: int
    """The label of the highest IoU with it."""

    best_iou: float
    """That IoU."""

    union_labels: tuple[int, ...]
    """The labels that together have the highest IoU with it."""

    union_iou: float
    """That IoU."""

    assigned_label: int
    """The label that it gets when labels and classes are assigned one to one; 0: none."""

    assigned_iou: float
    """The IoU of both."""


@dataclass(frozen=True)
class Scores:
    """How well the labels of a map stand for true classes; more labels raise most of these, so compare at equal counts.

    Means are over the true classes that have pixels, each with the same weight.
    """

    pixels: int
    """Pixels that were compared."""

    labels: int
    """Number of labels among them."""

    classes: int
    """Number of true classes among them."""

    best_match_miou: float
    """Mean over classes of the best IoU of any label (Kanezaki 2018)."""

    union_miou: float
    """Mean over classes of the best IoU of any union of labels."""

    hungarian_miou: float
    """Mean over classes of the IoU with the label assigned to each, one to one, for the highest mean."""

    accuracy: float
    """Share of pixels whose label has its most pixels in their class (many-to-one accuracy, also called purity)."""

    ari: float
    """Adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, 0 on average for random ones."""

    homogeneity: float
    """1 when every label lies in one class (Rosenberg and Hirschberg 2007)."""

    completeness: float
    """1 when every class has one label."""

    v_measure: float
    """Harmonic mean of homogeneity and completeness."""

    split: float
    """First part of the variation of information: entropy in bits of the labels, given the class."""

    merge: float
    """Second part: entropy in bits of the classes, given the label (Meila 2007; order and base as in scikit-image)."""

    per_class: tuple[ClassScores, ...]
    """Of every true class, in rising order."""


def score(table: Table) -> Scores:
    """Compute all scores.

    Raises:
        ValueError: the table is empty.
    """
    if not table.pixels:
        raise ValueError("No pixel has both a label and a true class")
    per_class = _per_class(table)
    # Conditional entropies are differences of joint and single ones. (scikit-image 0.26 takes a table in its signature,
    # but fails with one.)
    joint, of_labels, of_classes = (
        float(entropy(pixels, base=2)) for pixels in (table.pairs[:, 2], table.label_pixels, table.class_pixels)
    )
    split, merge = max(joint - of_classes, 0.0), max(joint - of_labels, 0.0)
    homogeneity, completeness = _explained(merge, of_classes), _explained(split, of_labels)
    both = homogeneity + completeness
    return Scores(
        pixels=table.pixels,
        labels=len(table.labels),
        classes=len(table.classes),
        best_match_miou=float(np.mean([one.best_iou for one in per_class])),
        union_miou=float(np.mean([one.union_iou for one in per_class])),
        hungarian_miou=float(np.mean([one.assigned_iou for one in per_class])),
        accuracy=float(table.matrix.max(axis=0).sum() / table.pixels),
        ari=adjusted_rand(table),
        homogeneity=homogeneity,
        completeness=completeness,
        v_measure=2 * homogeneity * completeness / both if both else 0.0,
        split=split,
        merge=merge,
        per_class=per_class,
    )


def adjusted_rand(table: Table) -> float:
    """Return the adjusted Rand index, as scikit-learn defines it, which takes no table.

    Whole numbers all the way, because pairs of pixels of a large scene are beyond int64.
    """
    both, labels, classes = (
        sum(pixels * pixels for pixels in counts.tolist())
        for counts in (table.pairs[:, 2], table.label_pixels, table.class_pixels)
    )
    apart_in_labels, apart_in_classes = classes - both, labels - both
    if apart_in_labels == apart_in_classes == 0:
        return 1.0
    together = both - table.pixels
    apart = table.pixels**2 - labels - classes + both
    return float(
        2
        * (together * apart - apart_in_labels * apart_in_classes)
        / (
            (together + apart_in_labels) * (apart_in_labels + apart)
            + (together + apart_in_classes) * (apart_in_classes + apart)
        )
    )


def _per_class(table: Table) -> tuple[ClassScores, ...]:
    best, unions, assigned = best_labels(table), best_unions(table), assigned_labels(table)
    members = table.pairs[unions.members]
    members = members[np.lexsort((members[:, 0], members[:, 1]))]
    ends = np.searchsorted(members[:, 1], table.classes, side="right")
    together = np.split(members[:, 0], ends[:-1])
    return tuple(
        ClassScores(
            value=value,
            pixels=int(table.class_pixels[index]),
            best_label=int(best.label[index]),
            best_iou=float(best.iou[index]),
            union_labels=tuple(together[index].tolist()),
            union_iou=float(unions.iou[index]),
            assigned_label=int(assigned.label[index]),
            assigned_iou=float(assigned.iou[index]),
        )
        for index, value in enumerate(table.classes.tolist())
    )


def _explained(left: float, whole: float) -> float:
    """Return the share of an entropy that is explained when so much of it is left; 1 where there is none."""
    return min(max(1 - left / whole, 0.0), 1.0) if whole else 1.0
