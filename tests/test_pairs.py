from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.pairs import count_pairs, join_pairs

LENGTH = st.integers(0, 40)


@given(LENGTH.flatmap(lambda n: st.tuples(*[hnp.arrays(np.int64, n, elements=st.integers(-3, 3))] * 2)))
def test_every_pair_is_counted_zero_and_less_included(numbers):
    first, second = numbers
    expected = Counter(zip(first.tolist(), second.tolist(), strict=True))
    table = count_pairs(first, second)
    assert table.dtype == np.int64
    assert table.tolist() == [[*pair, expected[pair]] for pair in sorted(expected)]


@pytest.mark.parametrize("second", [np.uint32, np.uint8])
def test_the_largest_numbers_are_exact(second):
    top = 2**32 - 1
    first = np.array([[0, top], [top, top - 1]], np.uint32)
    other = np.array([[0, 1], [1, 2]]).astype(second) * second(np.iinfo(second).max // 2)
    half = np.iinfo(second).max // 2
    assert count_pairs(first, other).tolist() == [[0, 0, 1], [top - 1, 2 * half, 1], [top, half, 2]]


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_groups_are_what_pairs_join_numbered_by_their_lowest(size, pairs):
    pairs = [pair for pair in pairs if max(pair) < size]
    expected = list(range(size))
    for one, other in pairs * size:
        expected[one] = expected[other] = min(expected[one], expected[other])
    count, groups = join_pairs(np.array(pairs, int).reshape(-1, 2), size)
    lowest = sorted(set(expected))
    assert count == len(lowest)
    assert groups.tolist() == [lowest.index(one) for one in expected]
