"""Which scenes touch or overlap."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.raster.spec import RasterSpec
from pipeline.run.groups import find_groups

UTM = "EPSG:32633"
NORTH_UP = (0.3, 0.0, 500000.0, 0.0, -0.3, 5400000.0)
ROTATED = (0.2, 0.15, 500000.0, 0.15, -0.2, 5400000.0)
DEGREES = (1e-5, 0.0, 15.1, 0.0, -1e-5, 48.7)


def spec(box: Box, transform=NORTH_UP, crs=UTM) -> RasterSpec:
    return RasterSpec(shape=(9000, 9000), count=3, dtype="uint8", crs=crs, transform=transform).windowed(box)


def boxes(groups):
    return [dict(zip(group.members, group.boxes, strict=True)) for group in groups]


@st.composite
def scenes(draw):
    """Draw boxes on one lattice, in places where some touch."""
    edge = st.integers(0, 60)
    side = st.integers(1, 25)
    return [
        Box(top, left, top + rows, left + columns)
        for top, left, rows, columns in draw(st.lists(st.tuples(edge, edge, side, side), min_size=1, max_size=12))
    ]


@given(scenes(), st.sampled_from([NORTH_UP, ROTATED, DEGREES]))
def test_groups_are_those_that_can_be_walked_through(places, transform):
    groups = find_groups([spec(box, transform) for box in places])
    assert sorted(member for group in groups for member in group.members) == list(range(len(places)))
    # Boxes grown by a pixel overlap exactly where scenes touch.
    everywhere = Box(-9, -9, 999, 999)
    root = list(range(len(places)))
    for _ in places:
        for first, one in enumerate(places):
            for second, other in enumerate(places):
                if one.grown(1, everywhere).overlap(other):
                    root[first] = root[second] = min(root[first], root[second])
    expected = {frozenset(i for i, r in enumerate(root) if r == label) for label in root}
    assert {frozenset(group.members) for group in groups} == expected
    for group in groups:
        top = min(places[member].top for member in group.members)
        left = min(places[member].left for member in group.members)
        for member, box in zip(group.members, group.boxes, strict=True):
            assert box == places[member].shifted(-top, -left)
        assert group.shape == (max(box.bottom for box in group.boxes), max(box.right for box in group.boxes))


def test_coordinates_may_be_rounded():
    west, east = spec(Box(0, 0, 50, 50)), spec(Box(10, 50, 60, 100))
    a, b, x, d, e, y = east.transform
    shaken = replace(east, transform=(a + 1e-9, b, x + 0.01, d, e - 1e-9, y - 0.01))
    assert boxes(find_groups([west, shaken])) == [{0: Box(0, 0, 50, 50), 1: Box(10, 50, 60, 100)}]


@pytest.mark.parametrize(
    "changed",
    [
        {"crs": "EPSG:32634"},
        {"crs": None},
        {"transform": None},
        # Half a pixel aside; pixels that are a thousandth larger; another pixel size.
        {"transform": (0.3, 0.0, 500015.15, 0.0, -0.3, 5400000.0)},
        {"transform": (0.3003, 0.0, 500015.0, 0.0, -0.3, 5400000.0)},
        {"transform": (0.6, 0.0, 500015.0, 0.0, -0.6, 5400000.0)},
        # South up.
        {"transform": (0.3, 0.0, 500015.0, 0.0, 0.3, 5399985.0)},
    ],
)
def test_scenes_on_other_lattices_stand_alone(changed):
    west, east = spec(Box(0, 0, 50, 50)), spec(Box(0, 50, 50, 100))
    assert len(find_groups([west, east])) == 1
    assert len(find_groups([west, replace(east, **changed)])) == 2


def test_scenes_without_place_stand_alone():
    nowhere = RasterSpec(shape=(10, 10), count=1, dtype="uint8")
    assert [group.members for group in find_groups([nowhere, nowhere])] == [(0,), (1,)]
    assert find_groups([]) == []


def test_ten_thousand_scenes_are_a_matter_of_seconds():
    specs = [
        spec(Box(row, column, row + 10, column + 10)) for row in range(0, 1000, 10) for column in range(0, 1000, 10)
    ]
    started = time.process_time()
    (group,) = find_groups(specs)
    assert time.process_time() - started < 10
    assert group.shape == (1000, 1000)
    assert len(group.members) == 10_000
