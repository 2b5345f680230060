import numpy as np
import pytest
from rasterio.crs import CRS

from pipeline.raster.ground import ground_of, mean_pixel, pixel_size
from pipeline.raster.spec import RasterSpec

WGS84 = CRS.from_epsg(4326).to_wkt()


def spec(epsg, transform):
    return RasterSpec((100, 200), 1, "uint8", None if epsg is None else CRS.from_epsg(epsg).to_wkt(), transform)


def size(epsg, *transform):
    return pixel_size(spec(epsg, transform))


def test_metres_are_metres():
    # On the central meridian of a UTM zone the scale is 0.9996.
    assert size(32633, 0.3, 0, 500000, 0, -0.6, 5400000) == pytest.approx((0.6 / 0.9996, 0.3 / 0.9996), rel=1e-5)


def test_feet_become_metres():
    # Massachusetts in US survey feet.
    assert size(2249, 1, 0, 750000, 0, -1, 2950000) == pytest.approx((0.3048006, 0.3048006), rel=1e-4)


def test_web_mercator_loses_its_stretch():
    # At 60 degrees north it is 2.
    assert size(3857, 1, 0, 1e6, 0, -1, 8399737.89) == pytest.approx((0.5, 0.5), rel=5e-3)


def test_degrees_become_metres():
    height, width = size(4326, 1e-5, 0, 15, 0, -1e-5, 60)
    assert height == pytest.approx(1.11412, rel=1e-3)
    assert width == pytest.approx(0.55800, rel=1e-3)


def test_a_rotated_grid_has_the_size_of_its_pixels():
    turned = size(32633, 0.3 * 0.8, 0.6 * 0.6, 500000, 0.3 * 0.6, -0.6 * 0.8, 5400000)
    assert turned == pytest.approx((0.6 / 0.9996, 0.3 / 0.9996), rel=1e-4)


def test_no_place_on_earth_is_no_size():
    assert size(None, 1, 0, 0, 0, -1, 0) is None
    assert pixel_size(spec(32633, None)) is None
    engineering = RasterSpec(
        (9, 9),
        1,
        "uint8",
        'LOCAL_CS["site",LOCAL_DATUM["site",32767],UNIT["metre",1]]',
        (1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    )
    assert pixel_size(engineering) is None


def test_a_degree_at_the_equator_has_the_area_of_the_ellipsoid():
    rows = 360
    ground = ground_of(RasterSpec((rows, rows), 1, "uint8", WGS84, (1 / rows, 0, 15, 0, -1 / rows, 1)))
    # Snyder, Map Projections (USGS 1987), 3-12: the area between the equator and a parallel, for a degree's share.
    e, sine = 0.0818191908426, np.sin(np.radians(1))
    q = (1 - e**2) * (sine / (1 - e**2 * sine**2) + np.arctanh(e * sine) / e)
    assert rows * ground.areas.sum() == pytest.approx(6378137.0**2 * q / 2 * np.radians(1), rel=1e-8)
    # Meridians draw together to the north, where rows are first.
    assert (np.diff(ground.widths) > 0).all()


@pytest.mark.parametrize(
    ("epsg", "transform"),
    [
        (4326, (1e-5, 0, 15, 0, -1e-5, 60)),
        (3857, (0.3, 0, 1e6, 0, -0.3, 8399737.89)),
        (4326, (2e-5, 1e-5, 15, 1e-5, -1e-5, 40)),
    ],
)
def test_rows_are_measured_as_the_middle_of_the_raster_is(epsg, transform):
    place = spec(epsg, transform)
    ground = ground_of(place)
    middle = place.shape[0] // 2
    assert (ground.heights[middle], ground.widths[middle]) == pytest.approx(pixel_size(place), rel=1e-5)


def test_a_projection_that_keeps_areas_well_is_measured_on_the_map():
    feet = ground_of(spec(2249, (1, 0, 750000, 0, -1, 2950000)))
    assert feet.areas == pytest.approx(np.full(100, 0.3048006096**2), rel=1e-6)
    turned = ground_of(spec(32633, (0.3 * 0.8, 0.6 * 0.6, 500000, 0.3 * 0.6, -0.6 * 0.8, 5400000)))
    assert turned.areas == pytest.approx(np.full(100, 0.18))
    assert turned.heights == pytest.approx(np.full(100, 0.6))


@pytest.mark.parametrize("place", [spec(None, (1, 0, 0, 0, -1, 0)), spec(32633, None)])
def test_without_a_place_nothing_is_known(place):
    assert ground_of(place) is None


def test_the_mean_pixel_gives_the_area_of_the_earth():
    rows, columns = 180, 360
    height, width = mean_pixel(RasterSpec((rows, columns), 1, "uint8", WGS84, (1, 0, -180, 0, -1, 90)))
    assert rows * columns * height * width == pytest.approx(510.07e12, rel=1e-3)
    assert mean_pixel(spec(None, None)) is None
