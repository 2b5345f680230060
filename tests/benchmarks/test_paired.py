import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparison.paired import compare

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), min_size=1)


@given(SCORES, SCORES)
def test_only_images_that_both_have_count(first, second):
    difference = compare(first, second)
    common = set(first) & set(second)
    if not common:
        assert difference is None
        return
    assert difference.images == len(common)
    assert difference.mean == pytest.approx(np.mean([first[name] - second[name] for name in common]))
    other = compare(second, first)
    assert other.mean == pytest.approx(-difference.mean)


def test_the_interval_is_that_of_the_mean():
    rng = np.random.default_rng(0)
    first = {str(number): value for number, value in enumerate(rng.normal(0.5, 0.1, 40))}
    second = dict.fromkeys(first, 0.45)
    difference = compare(first, second)
    error = np.std(list(first.values()), ddof=1) / np.sqrt(40)
    assert difference.low == pytest.approx(difference.mean - 1.96 * error, abs=error / 4)
    assert difference.high == pytest.approx(difference.mean + 1.96 * error, abs=error / 4)
    assert difference.ratio == pytest.approx(np.mean(list(first.values())) / 0.45)
    assert compare(first, second) == difference


@pytest.mark.parametrize(
    ("first", "second", "sure"),
    [
        ({"a": 0.5, "b": 0.6, "c": 0.7}, {"a": 0.4, "b": 0.5, "c": 0.55}, True),
        ({"a": 0.5, "b": 0.6, "c": 0.7}, {"a": 0.6, "b": 0.5, "c": 0.7}, False),
        ({"a": 0.5}, {"a": 0.1}, False),
    ],
)
def test_a_difference_is_sure_when_its_interval_leaves_out_nothing(first, second, sure):
    difference = compare(first, second)
    assert difference.sure is sure
    assert ("[" in str(difference)) is (len(first) > 1)
