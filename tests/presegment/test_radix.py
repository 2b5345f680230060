import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.presegment.radix import sort_first


@given(st.integers(0, 999), st.integers(0, 300), st.integers(0, 32), st.integers(0, 32))
def test_it_is_a_stable_sort_of_the_first(seed, count, low, high):
    bounds = sorted((2**low, 2**high))
    keys = np.random.default_rng(seed).integers(bounds[0] - 1, bounds[1], count + 5, dtype=np.uint64)
    numbers = np.zeros((2, count + 5), np.uint64)
    # What lies below the keys does not count, whatever its order.
    numbers[0] = (keys << np.uint64(32)) | np.arange(count + 5, dtype=np.uint64)[::-1]
    before = numbers[0, :count].copy()
    turn = sort_first(numbers, count)
    assert np.array_equal(numbers[turn, :count], before[np.argsort(keys[:count], kind="stable")])
