import numpy as np
import pytest
from rasterio.crs import CRS

from pipeline.raster.outline import outline
from pipeline.raster.spec import RasterSpec

SHAPE = (300, 200)
_RADIUS = 6378137.0


def wkt(epsg):
    return CRS.from_epsg(epsg).to_wkt()


def corners(ring):
    """Return upper left, lower left, lower right, upper right."""
    return ring[:: len(ring) // 4]


def test_web_mercator_lies_where_its_formula_says():
    ring = outline(RasterSpec(SHAPE, 1, "uint8", wkt(3857), (30.0, 0.0, 1e6, 0.0, -20.0, 6e6)))
    xs, ys = np.array([1e6, 1e6, 1e6 + 6000, 1e6 + 6000]), np.array([6e6, 6e6 - 6000, 6e6 - 6000, 6e6])
    expected = np.degrees(np.column_stack([xs / _RADIUS, np.arctan(np.sinh(ys / _RADIUS))]))
    assert corners(ring) == pytest.approx(expected, abs=1e-9)


def test_points_along_the_sides_follow_their_bend():
    # Along a row of UTM latitudes are lowest at the central meridian, in the middle of this one.
    ring = outline(RasterSpec((10, 600), 1, "uint8", wkt(32633), (1000.0, 0.0, 200000.0, 0.0, -1000.0, 5400000.0)))
    assert len(ring) > 4 * 8
    upper = ring[-len(ring) // 4 :]
    middle = upper[len(upper) // 2]
    assert middle[0] == pytest.approx(15, abs=1e-9)
    assert upper[0, 1] < middle[1] - 0.01


def test_control_points_place_a_raster():
    points = tuple(
        (row, column, 10 + column / 1e3, 50 - row / 1e3, 0.0) for row in (0.0, 300.0) for column in (0.0, 200.0)
    )
    ring = outline(RasterSpec(SHAPE, 1, "uint8", None, None, gcps=points, gcps_crs=wkt(4326)))
    assert corners(ring) == pytest.approx(np.array([(10, 50), (10, 49.7), (10.2, 49.7), (10.2, 50)]), abs=1e-6)


def test_rational_polynomials_place_a_raster():
    def polynomial(*terms):
        return " ".join(str(dict(terms).get(place, 0)) for place in range(20))

    # Line and sample follow from latitude and longitude alone, in straight lines.
    offsets = {"LINE_OFF": "150", "SAMP_OFF": "100", "LAT_OFF": "50", "LONG_OFF": "10", "HEIGHT_OFF": "70"}
    scales = {"LINE_SCALE": "150", "SAMP_SCALE": "100", "LAT_SCALE": "0.15", "LONG_SCALE": "0.1", "HEIGHT_SCALE": "500"}
    ratios = {
        "LINE_NUM_COEFF": polynomial((2, -1)),
        "LINE_DEN_COEFF": polynomial((0, 1)),
        "SAMP_NUM_COEFF": polynomial((1, 1)),
        "SAMP_DEN_COEFF": polynomial((0, 1)),
    }
    rpcs = tuple(sorted((offsets | scales | ratios).items()))
    ring = outline(RasterSpec(SHAPE, 1, "uint8", None, None, rpcs=rpcs))
    # Lines and samples are counted from the first pixel's centre, half a pixel from its corner.
    expected = np.array([(9.8995, 50.1505), (9.8995, 49.8505), (10.0995, 49.8505), (10.0995, 50.1505)])
    assert corners(ring) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    "spec",
    [
        RasterSpec(SHAPE, 1, "uint8"),
        RasterSpec(SHAPE, 1, "uint8", None, (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)),
        RasterSpec(SHAPE, 1, "uint8", wkt(32633), None),
        RasterSpec(
            SHAPE,
            1,
            "uint8",
            'LOCAL_CS["site",LOCAL_DATUM["site",32767],UNIT["metre",1]]',
            (1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
        ),
        RasterSpec(SHAPE, 1, "uint8", None, None, gcps=((0.0, 0.0, 10.0, 50.0, 0.0),), gcps_crs=wkt(4326)),
        RasterSpec(SHAPE, 1, "uint8", wkt(3035), (1.0, 0.0, 1e12, 0.0, -1.0, 1e12)),
    ],
    ids=["nothing", "no system", "no transform", "a site's own system", "one control point", "off the earth"],
)
def test_what_does_not_lead_to_the_earth_has_none(spec):
    assert outline(spec) is None
