import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage.measure import label

from pipeline.labelling import label_equal


@given(st.data(), st.sampled_from([np.uint8, np.int16, np.uint32]))
def test_regions_are_those_of_scikit_image(data, dtype):
    shape = data.draw(st.tuples(st.integers(1, 20), st.integers(1, 20)))
    numbers = data.draw(hnp.arrays(dtype, shape, elements=st.integers(0, 2)))
    valid = data.draw(hnp.arrays(np.bool_, shape, elements=st.integers(0, 5).map(bool)))
    found, firsts = label_equal(numbers, valid)
    expected = label(np.where(valid, numbers.astype(int) + 1, 0), connectivity=1, background=0)
    assert np.array_equal(found, expected)
    names, places = np.unique(expected, return_index=True)
    assert firsts.tolist() == places[names > 0].tolist()


@pytest.mark.parametrize("width", [1, 2, 301])
def test_a_comb_whose_teeth_meet_at_the_end_is_one_region(width):
    """The worst case for a scan: what is one region begins as very many."""
    numbers = np.zeros((50, width), np.uint8)
    numbers[:, ::2] = 1
    numbers[-1] = 1
    found, firsts = label_equal(numbers, np.ones(numbers.shape, bool))
    assert set(found[numbers == 1]) == {1}
    assert len(firsts) == 1 + width // 2
