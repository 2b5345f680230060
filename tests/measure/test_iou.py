from itertools import chain, combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linear_sum_assignment

from pipeline.measure.contingency import Contingency, Table
from pipeline.measure.iou import assigned_labels, best_labels, best_unions

COUNTS = hnp.arrays(np.int64, st.tuples(st.integers(1, 5), st.integers(1, 7)), elements=st.integers(0, 6))


def table_of(counts):
    """Make a table of a matrix (classes, labels); labels are 10, 20, ..., classes 0, 1, ..."""
    classes, labels = np.nonzero(counts)
    pairs = np.column_stack([10 * (labels + 1), classes, counts[classes, labels]])
    return Table(pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))])


def dense_ious(table):
    counts = table.matrix.toarray()
    return counts / (counts.sum(0)[None] + counts.sum(1)[:, None] - counts)


@given(COUNTS)
def test_the_best_label_is_that_of_all(counts):
    table = table_of(counts)
    best, expected = best_labels(table), dense_ious(table)
    for index in range(len(table.classes)):
        assert best.iou[index] == expected[index].max()
        assert best.label[index] == table.labels[expected[index].argmax()]


@given(COUNTS)
def test_the_best_union_is_that_of_all_sets_of_labels(counts):
    table = table_of(counts)
    unions, dense = best_unions(table), table.matrix.toarray()
    count = len(table.labels)
    for index in range(len(table.classes)):
        best = max(
            dense[index, list(chosen)].sum() / (dense[index].sum() + np.delete(dense, index, 0)[:, list(chosen)].sum())
            for chosen in chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1))
        )
        assert unions.iou[index] == best
        members = table.label_index[unions.members & (table.class_index == index)]
        shared = dense[index, members].sum()
        assert unions.iou[index] == shared / (dense[index].sum() + dense[:, members].sum() - shared)


@given(COUNTS)
def test_the_assignment_is_the_hungarian_one(counts):
    table = table_of(counts)
    assigned, dense = assigned_labels(table), dense_ious(table)
    rows, columns = linear_sum_assignment(dense, maximize=True)
    assert np.isclose(assigned.iou.sum(), dense[rows, columns].sum())
    used = assigned.label[assigned.label > 0]
    assert len(set(used.tolist())) == len(used)
    for index, label in enumerate(assigned.label.tolist()):
        value = dense[index, table.labels == label].sum()
        assert np.isclose(assigned.iou[index], value)


def test_classes_without_a_label_of_their_own_have_none():
    table = table_of(np.array([[8], [2]]))
    assigned = assigned_labels(table)
    assert assigned.label.tolist() == [10, 0]
    assert np.allclose(assigned.iou, [0.8, 0])
    assert best_labels(table).iou.tolist() == [0.8, 0.2]


def test_many_labels_take_little_memory():
    # A dense matrix would have 10 000 x 50 000 cells.
    table = Contingency()
    table.add(np.arange(1, 50001), np.arange(50000) // 5)
    table = table.table()
    assert np.allclose(assigned_labels(table).iou, 0.2)
    assert np.allclose(best_unions(table).iou, 1)


def test_nothing_has_no_match():
    empty = Contingency().table()
    for found in (best_labels(empty), best_unions(empty), assigned_labels(empty)):
        assert len(found.iou) == 0
