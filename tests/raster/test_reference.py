import pytest
from rasterio.crs import CRS

from pipeline.raster.reference import code_of, wkt2_of

OWN = "+proj=laea +lat_0=48.5 +lon_0=15.25 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
SITE = 'LOCAL_CS["site",LOCAL_DATUM["site",32767],UNIT["metre",1]]'


@pytest.mark.parametrize("code", ["EPSG:32633", "EPSG:3857", "EPSG:4326", "ESRI:102039"])
def test_systems_with_a_code_have_it(code):
    assert code_of(CRS.from_user_input(code).to_wkt()) == code


def test_a_system_much_like_another_is_not_given_its_code():
    like = CRS.from_proj4("+proj=utm +zone=33 +ellps=GRS80 +units=m").to_wkt()
    assert code_of(like) is None
    assert code_of(SITE) is None
    assert code_of("no system") is None


def test_wkt2_says_the_same():
    text = wkt2_of(CRS.from_proj4(OWN).to_wkt())
    assert text.startswith("PROJCRS[")
    assert CRS.from_wkt(text) == CRS.from_proj4(OWN)
    assert wkt2_of("no system") is None
