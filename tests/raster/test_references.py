"""What files refer to, and that nothing is fetched that nobody asked for."""

import select
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.apart import Looker
from pipeline.raster.look import look_at
from pipeline.raster.open import open_source
from pipeline.raster.references import references, remote_reference
from pipeline.raster.source import read

DEFAULTS, ALLOWED = InputConfig(), InputConfig(allow_remote=True)
_SIZES = '<SourceProperties RasterXSize="30" RasterYSize="20" DataType="Byte" BlockXSize="30" BlockYSize="20"/>'
_RECT = 'xOff="0" yOff="0" xSize="30" ySize="20"'


@pytest.fixture
def make_vrt(tmp_path):
    """Give a function that writes a VRT over a source."""

    def make(source, name="scene.vrt", *, sizes=_SIZES, relative=0, more=""):
        path = tmp_path / name
        path.write_text(
            f'<VRTDataset rasterXSize="30" rasterYSize="20">{more}<VRTRasterBand dataType="Byte" band="1">'
            f'<SimpleSource><SourceFilename relativeToVRT="{relative}">{source}</SourceFilename>'
            f"<SourceBand>1</SourceBand>{sizes}<SrcRect {_RECT}/><DstRect {_RECT}/></SimpleSource></VRTRasterBand>"
            "</VRTDataset>"
        )
        return path

    return make


@pytest.fixture
def door(monkeypatch):
    """Give a server's address, and a function that says whether anybody has come to it."""
    # Without a proxy in between, if GDAL asks at all.
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", lambda: bool(select.select([server], [], [], 0.05)[0])


_NAMES = (
    *("/vsicurl/{0}/a.tif", "/vsicurl_streaming/{0}/a.tif", "/vsicurl?url={0}/a.tif", "{0}/a.tif", "vrt://{0}/a.tif"),
    *("/vsizip//vsicurl/{0}/a.zip/a.tif", "/vsitar/{{/vsicurl/{0}/a.tar}}/a.tif", "/vsisubfile/0_9,/vsicurl/{0}/a.tif"),
    *("/vsis3/bucket/a.tif", "/vsigs/bucket/a.tif", "/vsiaz/box/a.tif", "/vsicached?file=/vsicurl/{0}/a.tif"),
    *("WMS:{0}/?SERVICE=WMS", "WMTS:{0}/", "STACIT:{0}/", "s3://bucket/a.tif", 'NETCDF:"/vsicurl/{0}/a.nc":x'),
    *("/VSICURL/{0}/a.tif", "HTTPS://127.0.0.1:1/a.tif", "ftp://127.0.0.1/a.tif"),
)


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("sizes", ["", _SIZES], ids=["", "sizes"])
def test_a_vrt_over_the_network_wants_consent(make_vrt, door, name, sizes):
    address, has_visitor = door
    source = name.format(address)
    path = make_vrt(source.replace("&", "&amp;").replace('"', "&quot;"), sizes=sizes)
    with pytest.raises(InputError) as caught:
        look_at(path, DEFAULTS)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: refers to ")
    assert "--allow-remote (input.allow_remote = true)" in sentence
    assert not has_visitor()


def test_so_does_one_that_refers_by_way_of_another(make_vrt, door, tmp_path):
    address, has_visitor = door
    inner = make_vrt(f"/vsicurl/{address}/a.tif", "inner.vrt")
    middle = make_vrt(inner.name, "middle.vrt", relative=1)
    outer = make_vrt(middle, "outer.vrt", sizes="")
    with pytest.raises(InputError, match=r"outer\.vrt: refers to /vsicurl/http.*, by way of .*inner\.vrt;"):
        look_at(outer, DEFAULTS)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/link.vrt").symlink_to(middle)
    with pytest.raises(InputError, match=r"link\.vrt: refers to"):
        look_at(tmp_path / "elsewhere/link.vrt", DEFAULTS)
    assert not has_visitor()


_DESCRIPTIONS = {
    "wms": (
        '<GDAL_WMS><Service name="TMS"><ServerUrl>{0}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service><DataWindow>'
        "<UpperLeftX>0</UpperLeftX><UpperLeftY>9</UpperLeftY><LowerRightX>9</LowerRightX><LowerRightY>0</LowerRightY>"
        "<TileLevel>3</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY></DataWindow></GDAL_WMS>"
    ),
    "wcs": "<WCS_GDAL><ServiceURL>{0}/</ServiceURL><CoverageName>a</CoverageName></WCS_GDAL>",
    "wmts": "<GDAL_WMTS><GetCapabilitiesUrl>{0}/</GetCapabilitiesUrl></GDAL_WMTS>",
    "mrf": (
        "<MRF_META><CachedSource><Source>/vsicurl/{0}/a.tif</Source></CachedSource><Raster>"
        '<Size x="30" y="20" c="1"/><PageSize x="16" y="16" c="1"/></Raster></MRF_META>'
    ),
}


def test_so_do_other_descriptions(make_vrt, door, tmp_path):
    address, has_visitor = door
    with closing(Looker()) as looker:
        for name, text in _DESCRIPTIONS.items():
            path = tmp_path / f"{name}.tif"
            path.write_text(text.format(address))
            for scene in (path, make_vrt(path), make_vrt(text.format(address).replace("<", "&lt;"))):
                before = sorted(tmp_path.iterdir())
                with pytest.raises(InputError, match=r"refers to .*--allow-remote"):
                    looker.ask(scene, DEFAULTS, None, None)
                assert sorted(tmp_path.iterdir()) == before
    assert not has_visitor()


def test_sidecars_reach_no_server(make_raster, ramp, door, tmp_path):
    address, has_visitor = door
    path = make_raster(ramp())
    item = f'<MDI key="OVERVIEW_FILE">/vsicurl/{address}/a.ovr</MDI>'
    Path(f"{path}.aux.xml").write_text(
        f'<PAMDataset><Metadata domain="OVERVIEWS">{item}</Metadata></PAMDataset>', encoding="utf-8"
    )
    source = open_source(path, DEFAULTS)
    read(source, source.spec.scene)
    assert not has_visitor()
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "more",
    [
        '<Metadata><MDI key="licence">https://example.org</MDI></Metadata>',
        '<Metadata domain="xml:XMP" format="xml"><x xmlns="http://example.org"><y to="http://z"/></x></Metadata>',
        '<SRS>LOCAL_CS["http://example.org",UNIT["metre",1]]</SRS>',
    ],
)
def test_what_is_merely_said_is_no_reference(make_vrt, make_raster, ramp, more):
    path = make_vrt(make_raster(ramp(1)), more=more)
    assert remote_reference(str(path)) is None
    assert look_at(path, DEFAULTS).bands == (1,)


@pytest.mark.parametrize("name", ["a b.tif", "http:x.tif", "vsicurl.tif", "ü&amp;.tif"])
def test_local_files_of_any_name_need_none(make_vrt, make_raster, ramp, name):
    make_raster(ramp(1), name.replace("&amp;", "&"))
    path = make_vrt(name, relative=1)
    assert look_at(path, DEFAULTS).bands == (1,)
    assert [Path(one.name).name for one in references(str(path))] == [name.replace("&amp;", "&")]


def test_consent_is_enough_and_no_part_of_the_result(make_vrt, make_raster, ramp, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    make_raster(ramp(1))
    words = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603 - ours
    try:
        address = server.stdout.readline().split("(")[1].split("/)")[0]
        path = make_vrt(f"{address}/scene.tif")
        with pytest.raises(InputError, match="--allow-remote"):
            look_at(path, DEFAULTS)
        source = look_at(path, ALLOWED)
        assert source.remote
        np.testing.assert_array_equal(read(source, source.spec.scene)[0], ramp(1))
        with closing(Looker()) as looker:
            looker.ask(path, ALLOWED, None, None)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_vrts_run_no_code_whatever_the_environment_says(make_vrt, make_raster, ramp, tmp_path, monkeypatch):
    monkeypatch.setenv("GDAL_VRT_ENABLE_PYTHON", "YES")
    source, ran = make_raster(ramp(1)), tmp_path / "ran"
    text = make_vrt(source).read_text()
    code = f"open({str(ran)!r}, 'w')\ndef f(*a, **k): pass"
    path = tmp_path / "code.vrt"
    path.write_text(
        text.replace(
            'band="1">',
            'band="1" subClass="VRTDerivedRasterBand"><PixelFunctionType>f</PixelFunctionType>'
            f"<PixelFunctionLanguage>Python</PixelFunctionLanguage><PixelFunctionCode>{code}</PixelFunctionCode>",
            1,
        )
    )
    with pytest.raises(InputError, match="Python"):
        look_at(path, DEFAULTS)
    assert not ran.exists()


def test_ten_thousand_files_are_listed_in_a_moment(tmp_path):
    for number in range(10_000):
        (tmp_path / f"{number}.tif").touch()
    sources = "".join(
        f'<SimpleSource><SourceFilename relativeToVRT="1">{number}.tif</SourceFilename><SourceBand>1</SourceBand>'
        f'{_SIZES}<DstRect xOff="{number % 100 * 30}" yOff="{number // 100 * 20}" xSize="30" ySize="20"/>'
        "</SimpleSource>"
        for number in range(10_000)
    )
    path = tmp_path / "all.vrt"
    path.write_text(
        f'<VRTDataset rasterXSize="3000" rasterYSize="2000"><VRTRasterBand dataType="Byte" band="1">{sources}'
        "</VRTRasterBand></VRTDataset>"
    )
    started = time.process_time()
    found = references(str(path))
    assert len(found) == 10_000
    assert not any(one.is_missing for one in found)
    assert time.process_time() - started < 10
