"""The number of its object in every pixel, as a raster."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from pipeline.components import Parts
from pipeline.export.objectmap import ObjectMap
from pipeline.export.style import MapStyle
from pipeline.export.surveying import narrowed
from pipeline.export.walk import walk
from pipeline.stitch.classes import Classes
from pipeline.store.objects import load_names, load_objects


def write_numbers(
    found: ObjectMap,
    style: MapStyle,
    raster: Path,
    on_pixels: Callable[[int], None],
    classes: tuple[Path, Classes] | None = None,
) -> None:
    """Write the objects of a map, and the map of classes that comes of it where small objects have joined others.

    Args:
        found: the objects.
        style: size and place, compression.
        raster: where the numbers of objects appear, whole or not at all.
        on_pixels: called with the number of pixels just done.
        classes: where the map of classes appears, and which ones there are; None: it is there.

    Raises:
        InputError: the map cannot be read.
        OutputError: one cannot be written.
    """
    plan, names = found.surveys[0].plan, load_names(found.names)
    lookup, of_objects = narrowed(plan.lookup), load_objects(found.table)["class"]
    with ExitStack() as stack:
        # Left in the reverse order: the objects are there before the classes, after which nothing is made again.
        merged = None if classes is None else stack.enter_context(style.writer(*classes))
        numbers = stack.enter_context(style.objects(raster))
        for (box, labels), first in zip(walk(plan.finest, plan.spec.shape), found.firsts, strict=True):
            parts = Parts.find(lookup[labels], labels > 0)
            named = names[first : first + parts.count + 1].copy()
            named[0] = 0
            objects = named[parts.inside]
            numbers.write(box, objects)
            if merged is not None:
                merged.write(box, of_objects.astype(merged.dtype)[objects])
            on_pixels(box.pixels)


def load_compiled() -> None:
    """Load the compiled loop that components are found with: half a second, for a moment in which nobody waits."""
    labels = np.ones((1, 1), dtype=np.uint8)
    Parts.find(labels, labels > 0)
