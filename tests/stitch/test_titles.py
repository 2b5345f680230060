import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stitch.classes import Classes
from pipeline.stitch.titles import title, titles_of


@pytest.mark.parametrize(
    ("roughness", "share", "expected"),
    [
        (0.1, 0.18, "3: dark green, rough, 18 %"),
        (0.05, 0.0996, "3: dark green, medium, 10 %"),
        (0.0, 0.0994, "3: dark green, smooth, 9.9 %"),
        (None, 0.0005, "3: dark green, 0.1 %"),
        (None, 0.0004, "3: dark green, under 0.1 %"),
        (None, 0.0, "3: dark green, 0 %"),
        (None, 1.0, "3: dark green, 100 %"),
    ],
)
def test_a_title_has_value_colour_roughness_and_share(roughness, share, expected):
    assert title(3, "dark green", roughness, share) == expected


def test_titles_are_those_of_a_map():
    classes = Classes(("class 1", "class 2"), ((128, 128, 128), (130, 60, 40)), (0.001, 0.2))
    assert titles_of(classes, (3, 1)) == ("1: grey, smooth, 75 %", "2: brown, rough, 25 %")
    assert titles_of(Classes((), ()), ()) == ()
    # A map without a valid pixel.
    assert titles_of(Classes(("class 1",), ((0, 0, 0),)), (0,)) == ("1: black, 0 %",)


@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=40))
def test_no_two_are_the_same(colours):
    titles = titles_of(Classes(("class",) * len(colours), tuple(colours)), (1,) * len(colours))
    assert len(set(titles)) == len(colours)
