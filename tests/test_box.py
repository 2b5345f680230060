import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box


@pytest.mark.parametrize("corners", [(3, 0, 3, 5), (3, 0, 2, 5), (0, 3, 5, 3)])
def test_an_empty_box_is_refused(corners):
    with pytest.raises(ValueError, match="must have rows and columns"):
        Box(*corners)


def boxes():
    starts, lengths = st.integers(0, 9), st.integers(1, 9)
    return st.builds(
        lambda top, left, rows, columns: Box(top, left, top + rows, left + columns), starts, starts, lengths, lengths
    )


@given(boxes(), boxes())
def test_overlap_is_what_both_cover(first, second):
    scene = Box(0, 0, 20, 20)
    masks = np.zeros((2, 20, 20), bool)
    for mask, box in zip(masks, (first, second), strict=True):
        mask[box.slices(scene)] = True
    both = masks.all(0)
    overlap = first.overlap(second)
    assert overlap == second.overlap(first)
    if overlap is None:
        assert not both.any()
    else:
        assert both[overlap.slices(scene)].all()
        assert overlap.pixels == both.sum()


@given(boxes(), st.integers(-5, 5), st.integers(-5, 5))
def test_slices_do_not_depend_on_where_the_origin_lies(box, rows, columns):
    around = Box(0, 0, 20, 20)
    assert box.shifted(rows, columns).slices(around.shifted(rows, columns)) == box.slices(around)
