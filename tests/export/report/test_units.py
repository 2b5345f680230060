"""Numbers as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.report.units import Ground, counted, duration, percent, significant


@given(st.floats(1e-3, 1e9))
def test_three_digits_are_kept(value):
    assert float(significant(value).replace(",", "")) == pytest.approx(value, rel=0.06 if value < 0.01 else 0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9, "9.00"),
        (0.0136, "0.0136"),
        (1234.5, "1,234"),
        (12.34, "12.3"),
        (0.00001, "< 0.0001"),
        (99.96, "100.0"),
    ],
)
def test_significant(value, text):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "< 0.1 s"),
        (0.06, "0.1 s"),
        (9.94, "9.9 s"),
        (59.4, "59 s"),
        (59.9, "1 min 0 s"),
        (3599, "59 min 59 s"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_what_is_there_has_a_share():
    assert [percent(share) for share in (0, 1e-9, 0.001, 0.4198, 1)] == ["0 %", "< 0.1 %", "0.1 %", "42.0 %", "100.0 %"]


def test_areas_of_one_scene_have_one_unit():
    small, large = Ground((0.3, 0.3), 10**6), Ground((10.0, 10.0), 10**6)
    assert (small.area(10**6), small.unit, small.resolution) == ("9.00", "ha", "0.300 m")
    assert (large.area(10**6), large.area(10**3), large.unit) == ("100", "0.100", "km²")
    assert Ground((2.0, 1.0), 1).resolution == "1.00 x 2.00 m"
    nowhere = Ground(None, 10**6)
    assert (nowhere.area(12345), nowhere.unit, nowhere.resolution) == ("12,345", "pixels", None)


def test_nouns_follow_their_number():
    assert [counted(number, "class", "classes") for number in (0, 1, 2000)] == ["0 classes", "1 class", "2,000 classes"]
    assert counted(2, "tile") == "2 tiles"
