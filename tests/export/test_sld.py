from xml.etree import ElementTree as ET

from pipeline.export.sld import raster_sld

SLD = "{http://www.opengis.net/sld}"
TITLES = ("1: dark green, <rough>, 60 %", "2: Größe & Co, 40 %")


def test_a_map_has_a_colour_and_a_title_a_class():
    root = ET.fromstring(raster_sld("classes", TITLES, ((0, 80, 10), (255, 0, 9))).encode())
    assert (root.tag, root.get("version")) == (f"{SLD}StyledLayerDescriptor", "1.0.0")
    path = ["NamedLayer", "UserStyle", "FeatureTypeStyle", "Rule", "RasterSymbolizer", "ColorMap"]
    table = root.find("/".join(SLD + part for part in path))
    assert table.get("type") == "values"
    assert [(entry.get("quantity"), entry.get("color"), entry.get("label")) for entry in table] == [
        ("1", "#00500a", TITLES[0]),
        ("2", "#ff0009", TITLES[1]),
    ]
