import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.metrics import variation_of_information
from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure
from sklearn.metrics.cluster import contingency_matrix

from pipeline.measure.agreement import ari
from pipeline.measure.contingency import Contingency, Table
from pipeline.measure.scores import score


def table_of(labels, truth):
    table = Contingency()
    table.add(labels, truth)
    return table.table()


@given(
    st.integers(1, 60).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.int64, n, elements=st.integers(1, 5)), hnp.arrays(np.int64, n, elements=st.integers(0, 4))
        )
    )
)
def test_scores_from_the_table_are_the_libraries_from_pixels(both):
    labels, truth = both
    found = score(table_of(labels, truth))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn wonders about few pixels of many classes
        expected = homogeneity_completeness_v_measure(truth, labels)
        counts = contingency_matrix(truth, labels)
        assert np.isclose(found.ari, adjusted_rand_score(truth, labels))
    assert np.allclose((found.homogeneity, found.completeness, found.v_measure), expected, atol=1e-6)
    assert np.allclose((found.split, found.merge), variation_of_information(truth, labels))
    assert np.isclose(found.accuracy, counts.max(0).sum() / counts.sum())
    assert (found.classes, found.labels, found.pixels) == (*counts.shape, len(labels))
    assert found.hungarian_miou <= found.best_match_miou + 1e-9
    assert found.best_match_miou <= found.union_miou + 1e-9


def test_a_map_that_is_the_truth_under_other_names_is_perfect():
    truth = np.repeat(np.arange(4), [5, 7, 1, 9])
    found = score(table_of((truth * 37) % 11 + 1, truth))
    for name in ("best_match_miou", "union_miou", "hungarian_miou", "accuracy", "ari", "v_measure"):
        assert getattr(found, name) == pytest.approx(1)
    assert (found.split, found.merge) == pytest.approx((0, 0))


def test_known_numbers():
    # Class 0: labels 1 (6 of 8 px are its) and 2 (2 of 2). Class 9: 2 px of label 1, 2 of label 3.
    labels, truth = np.repeat([1, 2, 1, 3], [6, 2, 2, 2]), np.repeat([0, 0, 9, 9], [6, 2, 2, 2])
    found = score(table_of(labels, truth))
    first, second = found.per_class
    assert (first.value, first.pixels, first.best_label, first.best_iou) == (0, 8, 1, 0.6)
    assert (first.union_labels, first.union_iou) == ((1, 2), 0.8)
    assert (second.value, second.pixels, second.best_label, second.best_iou) == (9, 4, 3, 0.5)
    assert (second.union_labels, second.union_iou) == ((3,), 0.5)
    assert (first.assigned_label, second.assigned_label) == (1, 3)
    assert found.accuracy == pytest.approx(10 / 12)
    assert found.hungarian_miou == pytest.approx(0.55)


def test_splits_and_merges_are_told_apart():
    truth = np.repeat([0, 1], 4)
    split = score(table_of(np.repeat([1, 2, 3, 4], 2), truth))
    assert (split.split, split.merge) == (1, 0)
    merged = score(table_of(np.ones(8, int), truth))
    assert (merged.split, merged.merge) == (0, 1)


def test_pairs_beyond_int64_are_counted():
    side = 2**33
    table = Table(np.array([[1, 0, side], [1, 1, side // 2], [2, 0, side // 2], [2, 1, side]]))
    small = Table(np.array([[1, 0, 2000], [1, 1, 1000], [2, 0, 1000], [2, 1, 2000]]))
    assert score(table).ari == pytest.approx(score(small).ari, abs=1e-3)
    assert score(table).v_measure == pytest.approx(score(small).v_measure)


def test_no_pixel_is_no_score():
    with pytest.raises(ValueError, match="No pixel"):
        score(Contingency().table())


def test_agreement_of_maps_leaves_nodata_of_either_out():
    first, second = np.array([[1, 1, 2, 0, 2]]), np.array([[5, 5, 3, 3, 0]])
    assert ari(first, second) == 1
    assert ari(first, np.array([[5, 3, 3, 5, 5]])) == pytest.approx(adjusted_rand_score([1, 1, 2, 2], [5, 3, 3, 5]))
    with pytest.raises(ValueError, match="in common"):
        ari(first, np.zeros_like(first))
