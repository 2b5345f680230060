"""The numbers of classes that a report can show, as the page recolours its one picture of the finest classes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.config import OutputConfig
from pipeline.export.palette import Colours, distinct_colours
from pipeline.export.product import Finished
from pipeline.export.report.units import Ground, counted, percent
from pipeline.stitch.levels import Level, take_level
from pipeline.stitch.titles import looks_of
from pipeline.stitch.tree import FEWEST

# A palette of a PNG has 256 colours, and the first is for what is outside.
_MOST = 255


@dataclass(frozen=True)
class Shown:
    """Levels of a run."""

    finest: Level
    """Those of the picture: all that the run has found, but for a run of hundreds."""

    levels: tuple[Level, ...]
    """Rising in number of classes."""

    own: int
    """Which of them classes.tif has."""


def choose_levels(finished: Finished) -> Shown:
    """Return the levels that the settings name, of those that the run has, and its own."""
    found = finished.finest
    config = OutputConfig.model_validate(finished.record["config"]["output"])
    most = min(len(found.classes), _MOST)
    own = min(len(finished.level.classes), most)
    counts = sorted({own, *(count for count in config.levels if FEWEST <= count <= most)})
    finest, *levels = (take_level(found.classes, found.tree, count) for count in (most, *counts))
    return Shown(finest, tuple(levels), counts.index(own))


def levels_data(finished: Finished, shown: Shown, ground: Ground) -> dict[str, Any]:
    """Return for every level what the page recolours its picture by, and its legend, ready to read.

    `lookup` gives the class of every number of the picture; classes have their mean colour and a distinct one, which is
    that of their largest part, so that it stays when classes merge.
    """
    found = finished.finest
    # A number of the picture stands for a group of the finest classes; any of them tells where the group goes.
    first = np.zeros(len(shown.finest.classes) + 1, dtype=np.int64)
    lookup = shown.finest.lookup
    first[lookup[:0:-1]] = np.arange(len(lookup) - 1, 0, -1)
    colours = distinct_colours(len(found.classes))
    valid = max(ground.pixels, 1)
    levels: list[dict[str, Any]] = []
    for level in shown.levels:
        # Small objects have joined others in the map's own classes.
        own = len(level.classes) == len(finished.level.classes)
        pixels = finished.pixels if own else level.pixels(found.pixels)
        distinct = _inherited(level, found.pixels, colours)
        told = zip(looks_of(level.classes), level.classes.colours, distinct, pixels, strict=True)
        classes = [
            {
                "name": f"{value}: {look}",
                "colour": colour,
                "distinct": other,
                "part": round(count / valid, 6),
                "share": percent(count / valid),
                "area": ground.area(count),
            }
            for value, (look, colour, other, count) in enumerate(told, start=1)
        ]
        levels.append(
            {
                "title": counted(len(classes), "class", "classes"),
                "count": len(classes),
                "lookup": level.lookup[first].tolist(),
                "classes": classes,
            }
        )
    return {"own": shown.own, "unit": ground.unit, "levels": levels}


def _inherited(level: Level, pixels: tuple[int, ...], colours: Colours) -> Colours:
    """Give each class of a level the colour of the largest of the finest classes in it."""
    # Finest classes have rank by area, so that the largest have the colours that are most unlike.
    order = np.argsort(-np.array(pixels), kind="stable")
    heirs: dict[int, tuple[int, int, int]] = {}
    for rank, place in enumerate(order.tolist()):
        heirs.setdefault(int(level.lookup[place + 1]), colours[rank])
    return tuple(heirs[number] for number in range(1, len(level.classes) + 1))
