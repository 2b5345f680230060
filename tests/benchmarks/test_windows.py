import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparison.windows import SIDE, windows
from pipeline.box import Box


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((512, 512), [Box(0, 0, 512, 512)]),
        ((1000, 1000), [Box(0, 0, 1000, 1000)]),
        ((1500, 900), [Box(238, 0, 1262, 900)]),
        ((2048, 3072), [Box(0, 256, 1024, 1280), Box(0, 1792, 1024, 2816)]),
    ],
)
def test_windows_are_centred(shape, expected):
    assert windows(shape)[: len(expected)] == expected


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_windows_lie_within_the_scene_and_apart(rows, columns):
    found = windows((rows, columns))
    scene = Box(0, 0, rows, columns)
    assert len(found) == (2 if rows >= 2 * SIDE else 1) * (2 if columns >= 2 * SIDE else 1)
    for index, box in enumerate(found):
        assert box.overlap(scene) == box
        assert box.shape == (min(rows, SIDE), min(columns, SIDE))
        assert all(box.overlap(other) is None for other in found[:index])
