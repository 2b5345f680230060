"""Styles for QGIS: what they say, and that QGIS reads it."""

from xml.etree import ElementTree as ET

import numpy as np
import pytest

from pipeline.export.qml import polygons_qml, raster_qml
from pipeline.raster.geotiff import write_geotiff

TITLES = ('1: dark green, <rough> & "odd", 60 %', "2: grey, smooth, 30 %", "3: Größe, 10 %")
COLOURS = ((0, 80, 10), (128, 128, 128), (255, 0, 9))
HEX = ["#00500a", "#808080", "#ff0009"]

LOAD = """
layer = QgsVectorLayer("Polygon?crs=EPSG:32633&field=class:integer&field=area:double", "o", "memory")
if sys.argv[1].endswith(".tif"):
    layer = QgsRasterLayer(sys.argv[1], "c")
message, loaded = layer.loadNamedStyle(sys.argv[2])
renderer = layer.renderer()
"""


def test_a_map_has_a_colour_and_a_title_a_class():
    root = ET.fromstring(raster_qml(TITLES, COLOURS))
    renderer = root.find("pipe/rasterrenderer")
    assert (renderer.get("type"), renderer.get("band")) == ("paletted", "1")
    entries = [
        (entry.get("value"), entry.get("color"), entry.get("label")) for entry in renderer.iterfind(".//paletteEntry")
    ]
    assert entries == list(zip(["1", "2", "3"], HEX, TITLES, strict=True))


@pytest.mark.parametrize("outline", [True, False])
def test_polygons_have_the_colours_of_their_classes(outline):
    root = ET.fromstring(polygons_qml("class", TITLES, COLOURS, outline=outline))
    renderer = root.find("renderer-v2")
    assert (renderer.get("type"), renderer.get("attr")) == ("categorizedSymbol", "class")
    symbols = {symbol.get("name"): symbol for symbol in renderer.iterfind("symbols/symbol")}
    found = []
    for category in renderer.iterfind("categories/category"):
        options = {
            option.get("name"): option.get("value")
            for option in symbols[category.get("symbol")].iterfind("layer/Option/Option")
        }
        assert options["outline_style"] == ("solid" if outline else "no")
        found.append((category.get("value"), options["color"], category.get("label")))
    assert found == [
        ("1", "0,80,10,255", TITLES[0]),
        ("2", "128,128,128,255", TITLES[1]),
        ("3", "255,0,9,255", TITLES[2]),
    ]


def test_no_classes_are_no_entries():
    assert ET.fromstring(raster_qml((), ())).find(".//colorPalette") is not None
    assert not list(ET.fromstring(polygons_qml("class", (), ())).iter("category"))


def test_qgis_shows_a_map_as_the_style_says(in_qgis, tmp_path):
    raster, style = tmp_path / "classes.tif", tmp_path / "classes.qml"
    place = {"crs": "EPSG:32633", "transform": (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)}
    write_geotiff(raster, np.arange(4, dtype=np.uint8).reshape(1, 2, 2), tags={}, **place)
    style.write_text(raster_qml(TITLES, COLOURS), encoding="utf-8")
    answer = in_qgis(
        LOAD
        + """
answer = {
    "loaded": loaded, "type": renderer.type(),
    "legend": [[label, colour.name(), colour.alpha()] for label, colour in renderer.legendSymbologyItems()],
    "values": [int(entry.value) for entry in renderer.classes()],
}
""",
        raster,
        style,
    )
    assert answer == {
        "loaded": True,
        "type": "paletted",
        "legend": [[title, colour, 255] for title, colour in zip(TITLES, HEX, strict=True)],
        "values": [1, 2, 3],
    }


def test_qgis_fills_polygons_by_the_number_of_their_class(in_qgis, tmp_path):
    style = tmp_path / "objects.qml"
    style.write_text(polygons_qml("class", TITLES, COLOURS), encoding="utf-8")
    answer = in_qgis(
        LOAD
        + """
from qgis.core import QgsRenderContext
context = QgsRenderContext()
renderer.startRender(context, layer.fields())
shown = []
for value in (1, 2, 3, 4):
    feature = QgsFeature(layer.fields())
    feature.setAttributes([value, 1.0])
    symbol = renderer.originalSymbolForFeature(feature, context)
    shown.append(symbol and symbol.color().name())
renderer.stopRender(context)
categories = renderer.categories()
line = categories[0].symbol().symbolLayer(0)
answer = {
    "loaded": loaded, "type": renderer.type(), "shown": shown,
    "legend": [item.label() for item in renderer.legendSymbolItems()],
    "line": [line.strokeColor().name(), line.strokeWidth()],
}
""",
        "none",
        style,
    )
    assert answer == {
        "loaded": True,
        "type": "categorizedSymbol",
        "shown": [*HEX, None],
        "legend": list(TITLES),
        "line": ["#232323", 0.1],
    }
