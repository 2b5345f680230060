"""The output `style`: how the rasters of classes look and explain themselves in GIS programs."""

from pathlib import Path

from pipeline.export.attributes import SIDECAR, attribute_table, write_attributes
from pipeline.export.palette import distinct_colours
from pipeline.export.product import Finished, Product
from pipeline.export.qml import raster_qml
from pipeline.export.sld import raster_sld
from pipeline.files import write_text
from pipeline.stitch.levels import take_level
from pipeline.stitch.titles import titles_of


def _make(finished: Finished) -> None:
    folder, level = finished.folder, finished.level
    whole = take_level(finished.finest.classes, finished.finest.tree, 0)
    maps = (("classes", folder / "classes.tif", level), ("finest", finished.finest_map, whole))
    for name, raster, shown in maps:
        classes, pixels = shown.classes, finished.pixels if shown is level else finished.finest.pixels
        titles = titles_of(classes, pixels)
        table = attribute_table(titles, classes.colours, pixels, finished.coarser(shown))
        write_attributes(folder / f"{raster.name}{SIDECAR}", Path(f"{raster}{SIDECAR}"), table, titles)
        write_text(folder / f"{name}.qml", raster_qml(titles, classes.colours))
        if shown is level:
            write_text(folder / f"{name}_distinct.qml", raster_qml(titles, distinct_colours(len(classes))))
            write_text(folder / f"{name}.sld", raster_sld(name, titles, classes.colours))


STYLE = Product(
    "style",
    (
        f"classes.tif{SIDECAR}",
        f"finest.tif{SIDECAR}",
        "classes.qml",
        "classes_distinct.qml",
        "classes.sld",
        "finest.qml",
    ),
    _make,
)
"""Raster attribute tables of both maps, styles for QGIS, and a Styled Layer Descriptor."""
