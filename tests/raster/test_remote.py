import pytest

from pipeline.raster.remote import find_name, is_remote


@pytest.mark.parametrize(
    "name",
    [
        *("http://a/b.tif", "https://a", "ftp://a/b", "s3://a/b", "vrt://http://a/b", "zip+https://a/b.zip!c.tif"),
        *("/vsicurl/http://a/b", "/vsicurl?url=x", "/vsis3/a/b", "/vsigs_streaming/a", "/vsizip//vsicurl/http://a"),
        *(
            "/vsizip/{/vsis3/a/b.zip}/c.tif",
            "WMS:http://a",
            'NETCDF:"/vsis3/a.nc":b',
            "STACIT:/local.json",
            "/VSICURL/a",
        ),
        "<VRTDataset><SourceFilename>/vsicurl/http://a</SourceFilename></VRTDataset>",
    ],
)
def test_names_on_the_network(name):
    assert is_remote(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "/a/b.tif",
            "b.tif",
            "",
            "/vsizip/a.zip/b.tif",
            "/vsimem/a",
            "vrt://a.tif?bands=1",
            "NETCDF:a.nc:b",
            "12:30.tif",
        ),
        *(
            "/a/vsicurl/b.tif",
            "/a/WMS:b.tif",
            "/a/https:/b.tif",
            "http:x.tif",
            "C:/a/b.tif",
            "/a/vsis3",
            "vsicurl/b.tif",
        ),
    ],
)
def test_names_on_this_machine(name):
    assert not is_remote(name)


def test_a_name_is_found_in_a_text():
    assert find_name('<a b="x"> https://c/d?e=1&f</a>') == "https://c/d?e=1&f"
    assert find_name("<a>/vsicurl/http://c/d</a>") == "/vsicurl/http://c/d"
    assert find_name("nothing: here") is None
