"""The OGC's Styled Layer Descriptor (1.0.0) of a class map, for GeoServer and whatever else reads no QGIS styles."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from pipeline.export.palette import Colour
from pipeline.export.qml import hexadecimal

_NAMESPACE = "http://www.opengis.net/sld"


def raster_sld(name: str, titles: Sequence[str], colours: Sequence[Colour]) -> str:
    """Return the style of a class map: a colour and a title a class; 0 and other values are not drawn.

    `type="values"` of ColorMap is GeoServer's; others take the entries, whose values are whole, for what they are.

    Args:
        name: of the layer.
        titles: of classes 1 to n.
        colours: of each.
    """
    root = ET.Element("StyledLayerDescriptor", {"version": "1.0.0", "xmlns": _NAMESPACE})
    layer = ET.SubElement(root, "NamedLayer")
    ET.SubElement(layer, "Name").text = name
    style = ET.SubElement(layer, "UserStyle")
    ET.SubElement(style, "Name").text = name
    rule = ET.SubElement(ET.SubElement(style, "FeatureTypeStyle"), "Rule")
    table = ET.SubElement(ET.SubElement(rule, "RasterSymbolizer"), "ColorMap", type="values")
    for value, (title, colour) in enumerate(zip(titles, colours, strict=True), start=1):
        ET.SubElement(table, "ColorMapEntry", color=hexadecimal(colour), quantity=str(value), label=title, opacity="1")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
