import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import label

from pipeline.presegment.finish import finish


def test_parts_divided_by_nodata_and_unlabelled_pixels_become_segments():
    labels = np.array([[7, 7, 7, 7, 0], [7, 7, 7, 0, 3], [0, 3, 7, 7, 3]])
    valid = np.array([[1, 0, 1, 1, 1], [1, 0, 1, 1, 1], [1, 0, 1, 0, 1]], bool)
    assert np.array_equal(finish(labels, valid), [[1, 0, 2, 2, 3], [1, 0, 2, 3, 4], [5, 0, 2, 0, 4]])


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@given(data=st.data())
def test_segments_are_the_components_of_the_labels(dtype, data):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=8))
    labels = data.draw(hnp.arrays(dtype, shape, elements=st.integers(0, 3) | st.just(1000000)))
    valid = data.draw(hnp.arrays(bool, shape))
    segments = finish(labels.copy(), valid)
    assert segments.dtype == np.int32
    assert np.array_equal(segments > 0, valid)
    found = 0
    for number in np.unique(labels[valid]):
        parts, count = label((labels == number) & valid, np.ones((3, 3)))
        found += count
        for part in range(1, count + 1):
            (inside,) = np.unique(segments[parts == part])
            assert (segments == inside).sum() == (parts == part).sum()
    numbers, first = np.unique(segments[valid], return_index=True)
    assert np.array_equal(numbers, np.arange(1, found + 1))
    assert (np.diff(first) > 0).all()
