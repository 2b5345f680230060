import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stitch.classes import Classes
from pipeline.stitch.titles import looks_of, titles_of


@pytest.mark.parametrize(
    ("roughness", "pixels", "expected"),
    [
        (0.1, 1800, "1: black, rough, 18 %"),
        (0.05, 996, "1: black, medium, 10 %"),
        (0.0, 994, "1: black, smooth, 9.9 %"),
        (None, 5, "1: black, 0.1 %"),
        (None, 4, "1: black, under 0.1 %"),
        (None, 0, "1: black, 0 %"),
        (None, 10_000, "1: black, 100 %"),
    ],
)
def test_a_title_has_value_colour_roughness_and_share(roughness, pixels, expected):
    rough = None if roughness is None else (roughness, 0.0)
    classes = Classes(("class 1", "class 2"), ((0, 0, 0), (255, 255, 255)), rough)
    assert titles_of(classes, (pixels, 10_000 - pixels))[0] == expected
    assert expected.split(": ")[1].startswith(looks_of(classes)[0])


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
