import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.presegment.radix import sort_first


@given(st.integers(0, 999), st.integers(0, 300), st.integers(0, 32), st.integers(0, 32))
def test_it_is_a_stable_sort_of_the_first(seed, count, low, high):
    bounds = sorted((2**low, 2**high))
    given_keys = np.random.default_rng(seed).integers(bounds[0] - 1, bounds[1], count + 5, dtype=np.uint32)
    keys, values = np.zeros((2, 2, count + 5), np.uint32)
    keys[0], values[0] = given_keys, np.arange(count + 5)
    turn = sort_first(keys, values, count)
    order = np.argsort(given_keys[:count], kind="stable")
    assert np.array_equal(values[turn, :count], order)
    assert np.array_equal(keys[turn, :count], given_keys[:count][order])
