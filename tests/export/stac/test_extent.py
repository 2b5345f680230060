from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.stac.extent import cover, spans


def inside(longitude, box):
    west, _, east, _ = box
    return any(west - 1e-6 <= longitude + turn <= (east if east >= west else east + 360) + 1e-6 for turn in (0, 360))


def width(box):
    return (box[2] - box[0]) % 360 or 360 * (box[2] != box[0])


def wrapped(longitude):
    return (longitude + 180) % 360 - 180


boxes = st.tuples(st.floats(-180, 179.9), st.floats(-90, 80), st.floats(0.01, 300), st.floats(0, 9)).map(
    lambda drawn: [drawn[0], drawn[1], wrapped(drawn[0] + drawn[2]), drawn[1] + drawn[3]]
)


@given(st.lists(boxes, min_size=1, max_size=6))
def test_a_cover_holds_every_box(several):
    found = cover(several)
    assert found[1] == min(box[1] for box in several)
    assert found[3] == max(box[3] for box in several)
    for box in several:
        assert inside(box[0], found)
        assert inside(box[2], found)
        assert width(found) >= width(box) - 1e-6


def test_a_cover_is_the_smallest():
    assert cover([[10, 50, 11, 51], [13, 40, 14, 41]]) == [10, 40, 14, 51]
    assert cover([[175, 0, 178, 1], [-179, 2, -177, 3]]) == [175, 0, -177, 3]
    assert cover([[175, 0, -179, 1]]) == [175, 0, -179, 1]
    assert cover([[-180, -90, 180, 90], [3, 4, 5, 6]]) == [-180, -90, 180, 90]
    # One within another does not end it.
    assert cover([[0, 0, 100, 1], [10, 0, 20, 1], [120, 0, 130, 1]]) == [0, 0, 130, 1]


def test_scenes_without_a_place_may_be_anywhere():
    assert cover([]) == [-180, -90, 180, 90]


def test_a_span_is_open_where_a_time_is_unknown():
    early, late = {"datetime": "2021-05-16T16:00:12Z"}, {"datetime": "2021-05-16T16:00:12.500000Z"}
    assert spans([late, early]) == (
        datetime(2021, 5, 16, 16, 0, 12, tzinfo=UTC),
        datetime(2021, 5, 16, 16, 0, 12, 500000, tzinfo=UTC),
    )
    assert spans([early, {"datetime": None}]) == (None, None)


def test_no_scene_is_wider_than_the_earth():
    assert width(cover([[-180, 0, 10, 1], [0, 0, -170, 1]])) == pytest.approx(360)
