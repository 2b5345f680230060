import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label

from pipeline.stitch import border as module
from pipeline.stitch.border import merge


@st.composite
def overlaps(draw):
    """Draw what two tiles say of an overlap, alike at most places, and where the border is."""
    shape = draw(st.integers(1, 12)), draw(st.integers(1, 16))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    first = rng.integers(0, 4, shape).astype(np.uint16)
    second = np.where(rng.random(shape) < draw(st.sampled_from([0.1, 0.4])), rng.integers(0, 4, shape), first)
    return first, second.astype(np.uint16), draw(st.integers(0, shape[1])), draw(st.booleans()), draw(st.booleans())


def by_loop(first, second, border, first_ends, second_begins):
    """Decide one difference after the other."""
    result = np.concatenate([first[:, :border], second[:, border:]], axis=1)
    numbers, count = label(first != second)
    for number in range(1, count + 1):
        here = numbers == number
        first_sees = (first[here] > 0).all() and not (first_ends and here[:, -1].any())
        second_sees = (second[here] > 0).all() and not (second_begins and here[:, 0].any())
        if first_sees and second_sees:
            second_sees = here[:, border:].sum() > here[:, :border].sum()
            first_sees = not second_sees
        if first_sees != second_sees:
            result[here] = (first if first_sees else second)[here]
    return result


@given(overlaps())
def test_each_difference_is_from_one_tile(overlap):
    first, second, border, first_ends, second_begins = overlap
    result = merge(first, second, border, first_ends=first_ends, second_begins=second_begins)
    assert result.dtype == np.uint16
    assert np.array_equal(result, by_loop(*overlap))


def test_lines_are_taken_in_parts_that_cut_no_difference(monkeypatch):
    rng = np.random.default_rng(0)
    first = rng.integers(1, 4, (400, 10)).astype(np.uint16)
    second = np.where(rng.random(first.shape) < 0.15, rng.integers(1, 4, first.shape), first).astype(np.uint16)
    second[100:150, 4] = 9
    whole = merge(first, second, 5, first_ends=True, second_begins=True)
    monkeypatch.setattr(module, "_LINES", 7)
    assert np.array_equal(merge(first, second, 5, first_ends=True, second_begins=True), whole)
    # Differing everywhere, there is nowhere to part.
    other = first + np.uint16(4)
    assert np.array_equal(merge(first, other, 5, first_ends=True, second_begins=False), other)


@pytest.mark.parametrize(("columns", "answer"), [((2, 4), 1), ((3, 6), 2), ((2, 5), 2), ((0, 2), 1), ((0, 7), 1)])
def test_the_side_of_most_pixels_answers_unless_it_does_not_see_all(columns, answer):
    first = np.ones((3, 8), np.uint16)
    second = first.copy()
    second[1, slice(*columns)] = 2
    result = merge(first, second, 3, first_ends=True, second_begins=True)
    assert np.array_equal(result, first if answer == 1 else second)


def test_what_neither_sees_whole_is_cut_at_the_border():
    first, second = np.full((3, 8), 1, np.uint16), np.full((3, 8), 2, np.uint16)
    assert merge(first, second, 3, first_ends=True, second_begins=True).tolist() == [[1] * 3 + [2] * 5] * 3
    assert merge(first, second, 3, first_ends=False, second_begins=True).tolist() == first.tolist()
    assert merge(first, second, 3, first_ends=True, second_begins=False).tolist() == second.tolist()


def test_a_tile_does_not_answer_with_what_it_does_not_know():
    first = np.full((1, 8), 1, np.uint16)
    second = first.copy()
    second[0, 1:7] = 2
    second[0, 1] = 0
    assert merge(first, second, 2, first_ends=True, second_begins=True).tolist() == first.tolist()
