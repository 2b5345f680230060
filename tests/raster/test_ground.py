import pytest
from rasterio.crs import CRS

from pipeline.raster.ground import pixel_size
from pipeline.raster.spec import RasterSpec


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
