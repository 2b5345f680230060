"""The raster attribute table of a class map, in the sidecar (.aux.xml) in which GDAL keeps what GeoTIFF has no tag for.

The format is that of GDAL's persistent auxiliary metadata (gdal_pam); QGIS and ArcGIS read it with the raster.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from pipeline.errors import InputError
from pipeline.export.palette import Colour
from pipeline.files import write_text

# Numbers that stand for GDALRATFieldType and GDALRATFieldUsage.
_INTEGER, _REAL, _TEXT = 0, 1, 2
_TYPES = ("Integer", "Real", "String")
_GENERIC, _PIXELS, _NAME, _VALUE, _RED, _GREEN, _BLUE = 0, 1, 2, 5, 6, 7, 8
# GDAL's tables hold whole numbers of 32 bits.
_LARGEST = 2**31 - 1
_TABLE, _CATEGORIES = "GDALRasterAttributeTable", "CategoryNames"

SIDECAR = ".aux.xml"
"""What GDAL adds to a raster's name for its sidecar."""


def attribute_table(
    titles: Sequence[str], colours: Sequence[Colour], pixels: Sequence[int], coarser: Mapping[int, Sequence[int]]
) -> ET.Element:
    """Build the table: a row a class, class 1 first.

    Args:
        titles: of the classes.
        colours: in which they are shown.
        pixels: of each.
        coarser: by number of classes, the class of each at levels of fewer classes.
    """
    reds, greens, blues = zip(*colours, strict=True) if colours else ((), (), ())
    fields: list[tuple[str, int, int, Sequence[object]]] = [
        ("Value", _INTEGER, _VALUE, range(1, len(titles) + 1)),
        ("Count", _INTEGER if max(pixels, default=0) <= _LARGEST else _REAL, _PIXELS, pixels),
        ("Name", _TEXT, _NAME, titles),
        ("Red", _INTEGER, _RED, reds),
        ("Green", _INTEGER, _GREEN, greens),
        ("Blue", _INTEGER, _BLUE, blues),
        *((f"Level {count}", _INTEGER, _GENERIC, classes) for count, classes in sorted(coarser.items())),
    ]
    table = ET.Element(_TABLE, tableType="thematic")
    for index, (name, kind, usage, _) in enumerate(fields):
        field = ET.SubElement(table, "FieldDefn", index=str(index))
        ET.SubElement(field, "Name").text = name
        ET.SubElement(field, "Type", typeAsString=_TYPES[kind]).text = str(kind)
        ET.SubElement(field, "Usage").text = str(usage)
    for index, values in enumerate(zip(*(values for *_, values in fields), strict=True)):
        row = ET.SubElement(table, "Row", index=str(index))
        for value in values:
            ET.SubElement(row, "F").text = str(value)
    return table


def write_attributes(path: Path, old: Path, table: ET.Element, titles: Sequence[str]) -> None:
    """Write a sidecar with a table and the names of the classes, and with all else that GDAL has kept in an older one.

    Args:
        path: the new sidecar, which appears whole or not at all.
        old: the older one, if it is there; may be `path`.
        table: replaces the older one's.
        titles: of classes 1 to n; a legend that GDAL's programs make by themselves shows them.

    Raises:
        InputError: the older one cannot be read.
    """
    root = _read(old) if old.exists() else ET.Element("PAMDataset")
    band = root.find("PAMRasterBand[@band='1']")
    if band is None:
        band = ET.SubElement(root, "PAMRasterBand", band="1")
    for tag in (_CATEGORIES, _TABLE):
        for element in band.findall(tag):
            band.remove(element)
    names = ET.SubElement(band, _CATEGORIES)
    for name in ("nodata", *titles):
        ET.SubElement(names, "Category").text = name
    band.append(table)
    ET.indent(root)
    write_text(path, ET.tostring(root, encoding="unicode") + "\n")


def _read(path: Path) -> ET.Element:
    try:
        root = ET.fromstring(path.read_bytes())  # noqa: S314 - lies beside our own raster, whose writer removed others
    except (OSError, ET.ParseError) as error:
        raise InputError(
            f"{path}: cannot be read as GDAL's notes on the raster beside it ({error}); remove it"
        ) from None
    return root
