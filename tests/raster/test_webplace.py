import math

import pytest

from pipeline.raster.spec import RasterSpec
from pipeline.raster.webplace import HALF_WORLD, meets, tile_bounds, web_place

from .webcases import utm_33, wkt

ACROSS = (0.001, 0.0, 179.9, 0.0, -0.001, 0.1)


def test_a_place_is_degrees_and_zooms():
    place = web_place(utm_33(shape=(1000, 2000), pixel=0.3))
    west, south, east, north = place.bounds
    assert west == pytest.approx(15.0, abs=1e-6)
    assert south < north == pytest.approx(48.753, abs=1e-3)
    assert west < east < 15.01
    resolution = 2 * HALF_WORLD / 256 / 2**place.most
    on_map = 0.3 / math.cos(math.radians(north))
    assert on_map / 2 < resolution <= on_map
    assert place.least == place.most - 3


@pytest.mark.parametrize(
    "spec",
    [
        RasterSpec((10, 10), 1, "uint8"),
        RasterSpec((10, 10), 1, "uint8", crs=wkt("EPSG:32633")),
        RasterSpec((10, 10), 1, "uint8", transform=(0.3, 0.0, 5e5, 0.0, -0.3, 5.4e6)),
        RasterSpec((10, 10), 1, "uint8", crs=wkt("EPSG:4326"), transform=(0.01, 0.0, 0.0, 0.0, -0.01, 89.5)),
    ],
    ids=["nothing", "no transform", "no reference system", "at the pole"],
)
def test_what_lies_nowhere_has_no_place(spec):
    assert web_place(spec) is None


def test_control_points_place_a_raster():
    spec = utm_33(shape=(100, 100), pixel=0.3)
    corners = ((0, 0), (0, 100), (100, 0), (100, 100))
    points = tuple((row, column, 5e5 + 0.3 * column, 5.4e6 - 0.3 * row, 0.0) for row, column in corners)
    by_points = RasterSpec((100, 100), 1, "uint8", gcps=points, gcps_crs=spec.crs)
    assert web_place(by_points).bounds == pytest.approx(web_place(spec).bounds, abs=1e-9)


def test_tiles_are_counted_from_the_north_west():
    assert tile_bounds(0, 0, 0) == pytest.approx((-HALF_WORLD, -HALF_WORLD, HALF_WORLD, HALF_WORLD))
    assert tile_bounds(1, 1, 0) == pytest.approx((0, 0, HALF_WORLD, HALF_WORLD))


def test_a_raster_across_the_antimeridian_meets_tiles_on_both_sides():
    place = web_place(RasterSpec((200, 200), 1, "uint8", crs=wkt("EPSG:4326"), transform=ACROSS))
    assert [meets(place, 2, column, 1) for column in range(4)] == [True, False, False, True]
    assert not meets(place, 10, 0, 0)
