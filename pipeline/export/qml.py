"""QGIS styles (.qml) of classes, as rasters and as polygons; for QGIS 3.22 and newer."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from pipeline.export.palette import Colour

# A style of an older version opens in every newer one.
_VERSION = "3.22.0"
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
# Millimetres on paper, and what is dark on any colour but is not black.
_OUTLINE_WIDTH, _OUTLINE = 0.1, (35, 35, 35)


def raster_qml(titles: Sequence[str], colours: Sequence[Colour]) -> str:
    """Return the style of a class map: a colour and a title a class; 0 and other values are not drawn.

    Args:
        titles: of classes 1 to n.
        colours: of each.
    """
    root = _root()
    pipe = ET.SubElement(root, "pipe")
    # Classes between two classes are none.
    provider = ET.SubElement(pipe, "provider")
    nearest = {"zoomedInResamplingMethod": "nearestNeighbour", "zoomedOutResamplingMethod": "nearestNeighbour"}
    ET.SubElement(provider, "resampling", {**nearest, "enabled": "false", "maxOversampling": "2"})
    renderer = ET.SubElement(
        pipe, "rasterrenderer", type="paletted", band="1", opacity="1", alphaBand="-1", nodataColor=""
    )
    ET.SubElement(renderer, "rasterTransparency")
    palette = ET.SubElement(renderer, "colorPalette")
    for value, (title, colour) in enumerate(zip(titles, colours, strict=True), start=1):
        ET.SubElement(palette, "paletteEntry", value=str(value), color=hexadecimal(colour), alpha="255", label=title)
    ET.SubElement(pipe, "rasterresampler", maxOversampling="2")
    return _text(root)


def polygons_qml(field: str, titles: Sequence[str], colours: Sequence[Colour], *, outline: bool = True) -> str:
    """Return the style of polygons: each filled with the colour of its class.

    Args:
        field: that holds the class, 1 to n.
        titles: of classes 1 to n.
        colours: of each.
        outline: a thin dark line around each polygon.
    """
    root = _root()
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        {"type": "categorizedSymbol", "attr": field, "symbollevels": "0", "enableorderby": "0", "forceraster": "0"},
    )
    categories, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for place, (title, colour) in enumerate(zip(titles, colours, strict=True)):
        name = str(place)
        ET.SubElement(
            categories, "category", value=str(place + 1), type="integer", symbol=name, label=title, render="true"
        )
        symbol = ET.SubElement(symbols, "symbol", name=name, type="fill", alpha="1", clip_to_extent="1")
        layer = ET.SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "pass": "0", "locked": "0"})
        options = ET.SubElement(layer, "Option", type="Map")
        for key, value in _fill(colour, outline=outline).items():
            ET.SubElement(options, "Option", name=key, value=value, type="QString")
    return _text(root)


def hexadecimal(colour: Colour) -> str:
    """Return a colour as #rrggbb."""
    return f"#{bytes(colour).hex()}"


def _fill(colour: Colour, *, outline: bool) -> dict[str, str]:
    return {
        "color": _rgba(colour),
        "style": "solid",
        "outline_color": _rgba(_OUTLINE),
        "outline_style": "solid" if outline else "no",
        "outline_width": str(_OUTLINE_WIDTH),
        "outline_width_unit": "MM",
        "joinstyle": "bevel",
    }


def _rgba(colour: Colour) -> str:
    return ",".join(map(str, (*colour, 255)))


def _root() -> ET.Element:
    return ET.Element("qgis", version=_VERSION, styleCategories="Symbology")


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return f"{_DOCTYPE}{ET.tostring(root, encoding='unicode')}\n"
