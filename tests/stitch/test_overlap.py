import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.stitch.overlap import contingency, same_segments

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8)


@st.composite
def pairs_of_labels(draw, highest=9, dtype=np.int32):
    shape = draw(SHAPES)
    return tuple(draw(hnp.arrays(dtype, shape, elements=st.integers(0, highest))) for _ in range(2))


def counted(first, second):
    """Count by a plain loop."""
    counts = {}
    for pair in zip(first.ravel().tolist(), second.ravel().tolist(), strict=True):
        if all(pair):
            counts[pair] = counts.get(pair, 0) + 1
    return [[*pair, counts[pair]] for pair in sorted(counts)]


@given(pairs_of_labels(), st.sampled_from([1, 1000, 2**27]))
def test_contingency_counts_pairs(labels, spread):
    first, second = labels
    # Numbers far apart are counted by sorting, near ones in a table.
    table = contingency(first * spread, second)
    assert table.dtype == np.int64
    assert table.tolist() == [[one * spread, other, count] for one, other, count in counted(first, second)]


@given(pairs_of_labels(dtype=np.uint16))
def test_contingency_takes_small_integers(labels):
    top = np.uint16(65535)
    first, second = (np.where(part > 0, top - part, part).astype(np.uint16) for part in labels)
    assert contingency(first, second).tolist() == counted(first, second)


def test_contingency_of_nothing():
    empty = np.zeros((0, 4), np.int32)
    assert contingency(empty, empty).shape == (0, 3)
    assert contingency(np.zeros((2, 2), np.int32), np.ones((2, 2), np.int32)).shape == (0, 3)


@given(pairs_of_labels(highest=4))
def test_segments_are_one_from_half_of_their_union_on(labels):
    first, second = labels
    expected = [
        [one, other]
        for one in range(1, 5)
        for other in range(1, 5)
        if ((first == one) & (second == other)).any()
        and ((first == one) & (second == other)).sum() / ((first == one) | (second == other)).sum() >= 0.5
    ]
    assert same_segments(first, second).tolist() == expected


def test_exactly_one_half_is_enough_and_outside_counts_as_difference():
    first = np.array([[1, 1, 1, 0]], np.int32)
    assert same_segments(first, np.array([[5, 5, 0, 5]], np.int32)).tolist() == [[1, 5]]
    assert same_segments(first, np.array([[5, 0, 0, 5]], np.int32)).tolist() == []


@given(pairs_of_labels(highest=4))
def test_a_segment_is_cut_in_two_halves_at_most(labels):
    first, second = labels
    table = same_segments(first, second)
    for column in (0, 1):
        assert (np.bincount(table[:, column], minlength=1) <= 2).all()
