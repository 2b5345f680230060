from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from pipeline.export.stac.footprint import footprint


def rectangle(west, south, east, north, steps=8):
    """Return the outline of a rectangle, from its upper left corner downwards, with points along its sides."""
    corners = [(west, north), (west, south), (east, south), (east, north), (west, north)]
    return np.concatenate([np.linspace(start, end, steps, endpoint=False) for start, end in pairwise(corners)])


def wrapped(ring):
    """Return longitudes as PROJ gives them."""
    return np.column_stack([(ring[:, 0] + 180) % 360 - 180, ring[:, 1]])


@given(st.floats(-180, 179), st.floats(-89, 80), st.floats(0.001, 150), st.floats(0.001, 9))
def test_a_rectangle_keeps_its_ground_wherever_it_lies(west, south, width, height):
    found = footprint(wrapped(rectangle(west, south, west + width, south + height)), 1000)
    geometry, (left, bottom, right, top) = shape(found.geometry), found.bbox
    assert geometry.is_valid
    assert geometry.area == pytest.approx(width * height, rel=1e-3, abs=1e-6)
    longitudes, latitudes = shapely.get_coordinates(geometry).T
    assert -180 <= longitudes.min() <= longitudes.max() <= 180
    assert (bottom, top) == pytest.approx((latitudes.min(), latitudes.max()), abs=2e-7)
    pieces = getattr(geometry, "geoms", [geometry])
    assert all(piece.exterior.is_ccw for piece in pieces)
    assert len(pieces) == 1 + (left > right)
    assert (right - left) % 360 == pytest.approx(width, abs=3e-7)
    assert found.geometry["type"] == ("MultiPolygon" if left > right else "Polygon")


def test_rounding_does_not_open_an_outline():
    west = 131.34285539876788
    assert footprint(wrapped(rectangle(west, 0.0, 2 * west - 1, 1.0)), 1000) is not None


def test_a_row_of_wide_pixels_keeps_its_ground():
    found = footprint(rectangle(10, 50, 20, 50.001), 2 * (1000 + 1))
    assert shape(found.geometry).area == pytest.approx(0.01)


def test_straight_sides_keep_only_their_ends_and_bent_ones_more():
    assert len(footprint(rectangle(10, 50, 11, 51), 4000).geometry["coordinates"][0]) == 5
    bent = rectangle(10, 50, 11, 51, steps=32)
    bent[:, 1] += 0.01 * (bent[:, 0] - 10) * (11 - bent[:, 0])
    assert len(footprint(bent, 4000).geometry["coordinates"][0]) > 10
    # Half a pixel would hide the bend.
    assert len(footprint(bent, 40).geometry["coordinates"][0]) == 5


@pytest.mark.parametrize("pole", [90, -90])
@pytest.mark.parametrize("turn", [1, -1])
def test_ground_around_a_pole_reaches_it(pole, turn):
    longitudes = turn * np.linspace(-170, 190, 64, endpoint=False)
    ring = np.column_stack([longitudes, np.full(64, pole * 8 / 9)])
    found = footprint(wrapped(ring), 1000)
    assert found.bbox == pytest.approx([-180, min(pole, pole * 8 / 9), 180, max(pole, pole * 8 / 9)])
    assert shape(found.geometry).area == pytest.approx(360 * 10)
    assert shape(found.geometry).is_valid


def test_the_whole_earth_is_one_piece_of_it():
    for west in (-180, -180.12, 0):
        found = footprint(rectangle(west, -90.1, west + 360, 90.1, steps=64), 2000)
        assert found.bbox == [-180, -90, 180, 90]
        assert shape(found.geometry).area == pytest.approx(360 * 180)


@pytest.mark.parametrize(
    "outline",
    [
        rectangle(0, 100, 1, 101),
        rectangle(500000, 5400000, 500300, 5400300),
        rectangle(5, 5, 5, 6),
        np.array([[0, 0], [1, 1], [1, 0], [0, 1]], dtype=float),
    ],
    ids=["beyond the pole", "metres", "no area", "crossing itself"],
)
def test_what_is_no_piece_of_the_earth_has_none(outline):
    assert footprint(outline, 100) is None
