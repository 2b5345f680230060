"""Intersection over union of labels, alone and together, with each true class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array, hstack
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from pipeline.measure.contingency import Table


@dataclass(frozen=True)
class Match:
    """The one label that is taken for each true class; classes in the order of the table."""

    iou: NDArray[np.float64]
    """(C,) intersection over union; 0 for a class without a label."""

    label: NDArray[np.int64]
    """(C,) the label; 0 for none."""


@dataclass(frozen=True)
class Unions:
    """The labels that together fit each true class best; classes in the order of the table."""

    iou: NDArray[np.float64]
    """(C,) intersection over union of the labels' union with the class."""

    members: NDArray[np.bool_]
    """(m,) whether the label of each of the table's pairs is in the union for the class of the pair."""


def ious(table: Table) -> NDArray[np.float64]:
    """Return the intersection over union (m,) of each of the table's pairs; all other pairs have 0."""
    shared = table.pairs[:, 2]
    return shared / (table.label_pixels[table.label_index] + table.class_pixels[table.class_index] - shared)


def best_labels(table: Table) -> Match:
    """Find for each true class the label of the highest IoU, the lowest of equals; a label may serve many classes.

    Its mean over classes is the mIoU of Kanezaki (Unsupervised Image Segmentation by Backpropagation, ICASSP 2018),
    who takes for each true segment the best of all labels.
    """
    values, classes = ious(table), table.class_index
    # Ascending, so the last one written to a class is its best and, among equals, the lowest label.
    order = np.lexsort((-table.label_index, values, classes))
    iou, label = np.zeros(len(table.classes)), np.zeros(len(table.classes), dtype=np.int64)
    iou[classes[order]] = values[order]
    label[classes[order]] = table.pairs[order, 0]
    return Match(iou, label)


def best_unions(table: Table) -> Unions:
    """Find for each true class the set of labels whose union has the highest IoU with it, the smallest of equals.

    Labels join in falling order of purity, the share of their pixels that is of the class, and the best prefix is the
    best set of all. For the IoU of a set is the sum of what its labels share with the class, over the class's pixels
    plus the sum of what they have besides; at the highest value v that can be had, a label belongs in if the ratio of
    its share to what it has besides is above v (Dinkelbach 1967), which purity orders alike.
    """
    shared, classes = table.pairs[:, 2], table.class_index
    labelled = table.label_pixels[table.label_index]
    order = np.lexsort((table.label_index, -(shared / labelled), classes))
    starts = np.searchsorted(classes[order], np.arange(len(table.classes)))
    inside = _running(shared[order], starts)
    besides = _running((labelled - shared)[order], starts)
    values = inside / (table.class_pixels[classes[order]] + besides)
    best = np.maximum.reduceat(values, starts) if len(values) else np.zeros(0)
    # The first prefix that reaches the best value, and all before it.
    reached = np.flatnonzero(values == best[classes[order]])
    last = reached[np.searchsorted(reached, starts)] if len(values) else starts
    members = np.zeros(len(shared), dtype=np.bool_)
    members[order] = np.arange(len(shared)) <= last[classes[order]]
    return Unions(best, members)


def assigned_labels(table: Table) -> Match:
    """Assign labels to true classes one to one, for the highest sum of IoU (Kuhn 1955, the Hungarian method).

    Where there are fewer labels than classes, or none left that shares a pixel, a class goes without.
    """
    count = len(table.classes)
    if not count:
        return Match(np.zeros(0), np.zeros(0, dtype=np.int64))
    shape = count, len(table.labels)
    values = csr_array((ious(table), (table.class_index, table.label_index)), shape=shape)
    weights = values.copy()
    # The solver gives every class a column: each has one of its own that stands for no label. And as it takes 0 for
    # no edge, all weights are greater by 1, which changes all assignments alike.
    weights.data += 1
    weights = hstack([weights, eye_array(count)], format="csr")
    classes, columns = min_weight_full_bipartite_matching(weights, maximize=True)
    iou, label = np.zeros(count), np.zeros(count, dtype=np.int64)
    found = columns < len(table.labels)
    iou[classes[found]] = np.asarray(values[classes[found], columns[found]])
    label[classes[found]] = table.labels[columns[found]]
    return Match(iou, label)


def _running(values: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return running sums that begin anew at each start."""
    sums = np.cumsum(values)
    before = (sums - values)[starts] if len(values) else sums
    return sums - np.repeat(before, np.diff(np.r_[starts, len(values)]))
