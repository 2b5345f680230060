"""What a file says of itself gets into outputs as text: it breaks out of no page, no document, no folder."""

import json
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from html.parser import HTMLParser

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS

_EVIL = """"><script>alert(1)</script><img src=x onerror=alert(2)>'--${7*7}{{7*7}}%n]]>"""
# A name in WKT ends at its quotes.
_CRS = _EVIL.replace('"', "'")
_TAGS = {
    "TIFFTAG_SOFTWARE": _EVIL,
    "TIFFTAG_DATETIME": "../../x",
    "TIFFTAG_ARTIST": "a\nb\x1b[2J",
    "../../y": "../../z",
}
_EVERYTHING = "classes,objects,vector,style,stac,report,animation"


class _Page(HTMLParser):
    """Counts what would run or load."""

    def __init__(self):
        super().__init__()
        self.scripts, self.loads, self.handlers = 0, [], []

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append((name, value))
            if name in {"src", "href"} and not (value or "").startswith(("data:", "#")):
                self.loads.append(value)


def read_page(path):
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


@pytest.fixture
def make(tmp_path):
    """Give a function that writes a scene that tells little but lies, under a given name."""

    def write(name, *, evil):
        path = tmp_path / "scenes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        crs = CRS.from_string("+proj=tmerc +lat_0=1.5 +lon_0=15.3 +k=0.99 +x_0=5e5 +datum=WGS84").to_wkt()
        if evil:
            crs = crs.replace('PROJCS["unknown"', f'PROJCS["{_CRS}"')
        pixels = np.kron(np.arange(1, 13).reshape(3, 2, 2), np.ones((1, 24, 24))).astype(np.uint8) * 20
        options = {"width": 48, "height": 48, "count": 3, "dtype": "uint8", "crs": crs}
        with rasterio.open(path, "w", driver="GTiff", transform=Affine(1, 0, 5e5, 0, -1, 5e6), **options) as file:
            file.write(pixels)
            if evil:
                file.update_tags(**_TAGS)
                for band in (1, 2, 3):
                    file.set_band_description(band, _EVIL)
                    file.update_tags(band, **_TAGS)
        with rasterio.open(path) as file:
            assert not evil or "alert(1)" in file.crs.to_wkt()
        return path

    return write


def test_texts_stay_texts(call, make, tmp_path):
    plain, evil = make("plain.tif", evil=False), make(_EVIL.replace("/", "_") + "\n\x1b[2J.tif", evil=True)
    other = make("other.tif", evil=True)
    before = set(tmp_path.rglob("*"))
    code, said = call("segment", plain, evil, other, "--outputs", _EVERYTHING)
    assert code == 0, said
    assert "\x1b" not in said
    new = {path for path in tmp_path.rglob("*") if tmp_path / "out" not in path.parents} - before
    assert new == {tmp_path / "out"}
    folders = sorted(path for path in (tmp_path / "out").iterdir() if path.is_dir())
    assert len(folders) == 3
    usual = read_page(tmp_path / "out/plain/report.html")
    assert not usual.handlers
    for folder in folders:
        assert {path.name for path in folder.iterdir()} == {path.name for path in folders[-1].iterdir()}
        page = read_page(folder / "report.html")
        assert (page.scripts, page.loads, page.handlers) == (usual.scripts, usual.loads, [])
        for name in ("classes.qml", "finest.qml", "classes.sld", "classes.tif.aux.xml"):
            if (folder / name).exists():
                ET.parse(folder / name)
        for name in ("item.json", "manifest.json"):
            json.loads((folder / name).read_text(encoding="utf-8"))
        with closing(sqlite3.connect(folder / "objects.gpkg")) as file:
            tables = {name for (name,) in file.execute("SELECT table_name FROM gpkg_contents")}
            assert tables == {"objects", "layer_styles"}
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (style,) = file.execute("SELECT styleQML FROM layer_styles").fetchone()
        ET.fromstring(style)
    assert "alert(1)" in (tmp_path / "out/other/report.html").read_text(encoding="utf-8")
    index = read_page(tmp_path / "out/index.html")
    assert (index.scripts, index.handlers) == (1, [])
    assert sorted(index.loads) == sorted(f"{folder.name}/report.html" for folder in folders)


def test_refusals_in_the_index_are_texts_too(call, make, tmp_path):
    bad = tmp_path / "scenes" / (_EVIL.replace("/", "_") + ".tif")
    good = make("plain.tif", evil=False)
    bad.write_text("nothing")
    code, _ = call("segment", good, bad, "--outputs", "classes,report")
    assert code == 3
    index = read_page(tmp_path / "out/index.html")
    assert (index.scripts, index.handlers, index.loads) == (1, [], ["plain/report.html"])
    assert "alert(1)" in (tmp_path / "out/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["..tif", "...tif", "....tif", "-rf.tif", "~.tif", "$HOME.tif", "con.tif", " .tif"])
def test_results_lie_within_the_folder_whatever_a_scene_is_called(call, make, tmp_path, name):
    path = make(name, evil=False)
    code, said = call("segment", path)
    assert code == 0, said
    (made,) = (tmp_path / "out").rglob("classes.tif")
    assert made.parent.parent == tmp_path / "out"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out", "scenes"]
