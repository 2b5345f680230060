import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparison.segmenters import nearest_count


@given(st.integers(1, 60), st.floats(0.5, 4))
def test_a_count_that_can_be_had_is_found(asked, power):
    def segment(setting):
        return np.arange(1, 1 + max(1, round(100 / setting**power)))

    best = nearest_count(segment, asked, 0.1, 1000.0)
    reachable = {len(segment(setting)) for setting in np.geomspace(0.1, 1000, 1500)}
    assert abs(best.max() - asked) <= min(abs(count - asked) for count in reachable)


@pytest.mark.parametrize(("asked", "nearest"), [(12, 10), (4, 3), (7, 10)])
def test_where_counts_jump_the_nearest_is_taken(asked, nearest):
    def segment(setting):
        return np.arange(1, 1 + (40 if setting < 2 else 10 if setting < 5 else 3))

    assert nearest_count(segment, asked, 1.0, 100.0).max() == nearest
