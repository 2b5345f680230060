"""report.html: what a run has found and how, on one page that anyone can open."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from pipeline.export.product import Finished, Product
from pipeline.export.report.background import find_provenance, find_settings
from pipeline.export.report.course import find_trainings
from pipeline.export.report.levels import choose_levels, levels_data
from pipeline.export.report.page import fill_page
from pipeline.export.report.pictures import Pictures, draw_pictures
from pipeline.export.report.timings import find_timings
from pipeline.export.report.units import Ground
from pipeline.export.report.words import lead, say_seams
from pipeline.files import write_text
from pipeline.raster.ground import mean_pixel

NAME = "report.html"
_STYLES = ("base.css", "map.css", "tools.css", "parts.css", "print.css")
_SCRIPTS = ("palette.js", "view.js", "drag.js", "legend.js", "report.js")
# What every run leaves: its name, and what it is.
_ALWAYS = (
    ("classes.tif", "the classes of the map, for a GIS"),
    ("finest.tif", "all classes that were found"),
    ("preview.png", "the scene beside its classes"),
    ("prior.pt", "the network, for use on other scenes"),
    ("manifest.json", "everything needed to repeat the run"),
    ("run.json", "how long it took, and where"),
)
# What outputs are that a run may choose, by how their names end.
_CHOSEN = {
    "objects.tif": "the object of every pixel",
    ".gpkg": "a polygon for every object",
    ".fgb": "a polygon for every object",
    ".parquet": "a polygon for every object",
    ".qml": "a style for QGIS",
    ".sld": "a style for GeoServer and others",
    ".aux.xml": "a table of the classes, for a GIS",
    ".gif": "how classes merge, step by step",
    "item.json": "the scene as a STAC item",
}


def report_of(others: Iterable[Product]) -> Product:
    """Return the product, which is made last, since it links to what there is of the others."""
    every = tuple(others)
    return Product("report", (NAME,), lambda finished: _begin(every, finished)(), partial(_begin, every))


def _begin(others: tuple[Product, ...], finished: Finished) -> Callable[[], None]:
    """Draw the pictures; return what writes the page."""
    drawn = _draw(finished)
    return lambda: write_text(finished.folder / NAME, render(finished, _links(finished, others), drawn))


def render(
    finished: Finished, links: tuple[tuple[str, str], ...], drawn: tuple[dict[str, Any], Pictures] | None = None
) -> str:
    """Return the page, the same for the same run but for its section of times.

    Args:
        finished: the run.
        links: names of files beside it, and what they are.
        drawn: levels and pictures, as `_draw` gives them; None: they are drawn now.
    """
    record, spec, pixels, ground = finished.record, finished.style.spec, finished.pixels, _ground(finished)
    data, pictures = drawn or _draw(finished)
    return fill_page(
        "report.html",
        styles=_STYLES,
        scripts=_SCRIPTS,
        name=finished.name,
        sentences=lead(finished.name, spec.shape, ground, pixels, finished.nodata),
        shape=spec.shape,
        ground=ground,
        used=sum(count > 0 for count in pixels),
        pictures=pictures,
        data=data,
        trainings=find_trainings(record),
        seams=say_seams(record["seams"], record["grid"]["tiles"]),
        timings=find_timings(record, finished.timings),
        settings=find_settings(record),
        provenance=find_provenance(record),
        links=links,
    )


def _draw(finished: Finished) -> tuple[dict[str, Any], Pictures]:
    """Return the levels that the page tells of, and its pictures."""
    shown = choose_levels(finished)
    data = levels_data(finished, shown, _ground(finished))
    # Drawn in the colours of the map, so that a reader without scripts sees it too.
    lookup, colours = data["levels"][shown.own]["lookup"], shown.levels[shown.own].classes.colours
    return data, draw_pictures(finished, shown.finest, [colours[number - 1] for number in lookup[1:]])


def _ground(finished: Finished) -> Ground:
    return Ground(mean_pixel(finished.style.spec), sum(finished.pixels))


def _what(name: str) -> str:
    return next((what for end, what in _CHOSEN.items() if name.endswith(end)), "")


def _links(finished: Finished, others: tuple[Product, ...]) -> tuple[tuple[str, str], ...]:
    """Find what lies beside the page: made anew with it, or before it and to stay."""
    chosen = finished.record["config"]["output"].get("products", ())
    made = [(name, _what(name)) for product in others if product.name in chosen for name in product.files]
    kept = finished.finest_map.parent
    always = [link for link in _ALWAYS if link[0].endswith(".json") or (kept / link[0]).exists()]
    return (*always, *(link for link in made if (finished.folder / link[0]).exists()))
