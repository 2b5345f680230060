import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.raster.spec import RasterSpec

NORTH_UP = (0.5, 0.0, 1000.0, 0.0, -0.5, 2000.0)
SOUTH_UP = (0.5, 0.0, 1000.0, 0.0, 0.5, 2000.0)
# Turned by 30 degrees: a = 0.5 cos, b = 0.5 sin, and so on.
ROTATED = (0.4330127, 0.25, 1000.0, 0.25, -0.4330127, 2000.0)


def spec(transform=NORTH_UP, **more):
    return RasterSpec(shape=(100, 200), count=1, dtype="uint8", transform=transform, **more)


def place(transform, column, row):
    a, b, c, d, e, f = transform
    return a * column + b * row + c, d * column + e * row + f


def pixel(transform, x, y):
    """Solve for column and row."""
    a, b, c, d, e, f = transform
    return tuple(np.linalg.solve([[a, b], [d, e]], [x - c, y - f]))


def test_it_can_be_pickled():
    full = spec(gcps=((0.0, 0.0, 1.0, 2.0, 3.0),), rpcs=(("LINE_OFF", "5.5"),))
    assert pickle.loads(pickle.dumps(full)) == full  # noqa: S301 - our own


@pytest.mark.parametrize("transform", [NORTH_UP, SOUTH_UP, ROTATED, None])
def test_a_sound_transform_gives_pixels_a_size(transform):
    assert spec(transform).is_sound


@pytest.mark.parametrize(
    "transform",
    [
        *((0.0,) * 6, (5.0, 0.0, 0.0, 5.0, 0.0, 0.0), (math.nan,) * 6, (1.0, 0.0, math.inf, 0.0, 1.0, 0.0)),
        *((1e-200, 0.0, 0.0, 0.0, 1e-200, 0.0), (1e308, 0.0, 0.0, 0.0, 1e308, 0.0)),
    ],
)
def test_a_transform_that_gives_none_is_not_sound(transform):
    assert not spec(transform).is_sound


@pytest.mark.parametrize("transform", [NORTH_UP, SOUTH_UP, ROTATED])
@given(row=st.integers(0, 99), column=st.integers(0, 199))
def test_a_part_keeps_every_pixel_in_its_place(transform, row, column):
    part = spec(transform).windowed(Box(row, column, 100, 200))
    assert part.shape == (100 - row, 200 - column)
    expected = place(transform, column + 3, row + 7)
    assert place(part.transform, 3, 7) == pytest.approx(expected, rel=1e-14)


def test_a_part_of_a_raster_without_transform_has_none():
    assert spec(None).windowed(Box(10, 20, 30, 40)).transform is None


def test_a_part_moves_control_points_and_coefficients():
    whole = spec(
        None, gcps=((10.0, 20.0, 5.0, 6.0, 7.0),), rpcs=(("LINE_OFF", "50.5"), ("SAMP_OFF", "7"), ("X", "1 2"))
    )
    part = whole.windowed(Box(3, 4, 50, 60))
    assert part.gcps == ((7.0, 16.0, 5.0, 6.0, 7.0),)
    assert part.rpcs == (("LINE_OFF", "47.5"), ("SAMP_OFF", "3.0"), ("X", "1 2"))


def test_bounds_cover_all_corners():
    assert spec().bounds == (1000.0, 1950.0, 1100.0, 2000.0)
    assert spec(SOUTH_UP).bounds == (1000.0, 2000.0, 1100.0, 2050.0)
    assert spec(None).bounds is None


@pytest.mark.parametrize("transform", [NORTH_UP, SOUTH_UP])
def test_bounds_of_a_part_give_the_part_back(transform):
    box = Box(13, 17, 40, 90)
    assert spec(transform).covering(spec(transform).windowed(box).bounds) == box


@given(
    corners=st.tuples(st.floats(980, 1120), st.floats(1940, 2110), st.floats(0.1, 60), st.floats(0.1, 60)),
    transform=st.sampled_from([NORTH_UP, SOUTH_UP, ROTATED]),
)
def test_what_covers_a_rectangle_holds_each_pixel_centre_in_it_and_no_row_or_column_more(corners, transform):
    left, bottom, width, height = corners
    raster = spec(transform)
    box = raster.covering((left, bottom, left + width, bottom + height))
    xs, ys = zip(
        *(pixel(transform, x, y) for x in (left, left + width) for y in (bottom, bottom + height)), strict=True
    )
    if box is None:
        assert max(xs) <= 1e-5 or min(xs) >= 200 - 1e-5 or max(ys) <= 1e-5 or min(ys) >= 100 - 1e-5
        return
    assert box.left == max(0, math.floor(min(xs) + 1e-6))
    assert box.right == min(200, math.ceil(max(xs) - 1e-6))
    assert box.top == max(0, math.floor(min(ys) + 1e-6))
    assert box.bottom == min(100, math.ceil(max(ys) - 1e-6))


def test_nothing_covers_what_is_outside_or_cannot_be_placed():
    assert spec().covering((0, 0, 10, 10)) is None
    assert spec(None).covering((0, 0, 10, 10)) is None
    assert spec((0.0, 0.0, 1.0, 0.0, 0.0, 2.0)).covering((0, 0, 10, 10)) is None


def test_a_block_holds_all_bands():
    assert RasterSpec((10, 10), count=3, dtype="uint16", block_shape=(4, 5)).block_bytes == 4 * 5 * 3 * 2


def test_a_box_touches_whole_blocks():
    tiled = RasterSpec((100, 100), count=3, dtype="uint16", block_shape=(16, 32))
    assert tiled.touched_bytes(Box(0, 0, 1, 1)) == tiled.touched_bytes(Box(0, 0, 16, 32)) == tiled.block_bytes
    assert tiled.touched_bytes(Box(15, 31, 17, 33)) == 4 * tiled.block_bytes
    strips = RasterSpec((100, 1000), count=1, dtype="uint8", block_shape=(1, 1000))
    assert strips.touched_bytes(Box(5, 500, 25, 510)) == 20 * 1000
