import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.measure.contingency import Contingency
from pipeline.measure.segments import SegmentCounts, count_segments


def counted(segments, truth):
    table = Contingency()
    table.add(segments, truth)
    return count_segments(table.table())


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            hnp.arrays(np.int64, n, elements=st.integers(1, 8)), hnp.arrays(np.int64, n, elements=st.integers(0, 3))
        )
    )
)
def test_both_errors_follow_their_definitions(both):
    segments, truth = both
    counts = counted(segments, truth)
    achieved = sum(np.bincount(truth[segments == one]).max() for one in np.unique(segments))
    leaked = sum(
        min(inside, (segments == one).sum() - inside)
        for one in np.unique(segments)
        for inside in (((segments == one) & (truth == value)).sum() for value in np.unique(truth))
    )
    assert counts == SegmentCounts(len(np.unique(segments)), len(truth), achieved, leaked)
    assert counts.achievable_accuracy == achieved / len(truth)
    assert counts.undersegmentation_error == leaked / len(truth)


def test_single_pixels_are_perfect_and_one_segment_is_not():
    truth = np.array([0, 0, 0, 1])
    fine, coarse = counted(np.arange(1, 5), truth), counted(np.ones(4, int), truth)
    assert (fine.achievable_accuracy, fine.undersegmentation_error) == (1, 0)
    assert (coarse.achievable_accuracy, coarse.undersegmentation_error) == (0.75, 0.5)
    both = fine + coarse
    assert (both.segments, both.achievable_accuracy, both.undersegmentation_error) == (5, 0.875, 0.25)


def test_no_segment_is_no_figure():
    assert math.isnan(count_segments(Contingency().table()).achievable_accuracy)
