"""The objects of a map: found, sieved, written and described, box by box; only tables of them are held."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Components, Objects
from pipeline.export.sieving import Sieving
from pipeline.export.style import MapStyle
from pipeline.export.walk import walk
from pipeline.raster.source import Source, read
from pipeline.stitch.levels import Level
from pipeline.stitch.objects import Ground, tally
from pipeline.stitch.perimeter import add_perimeters
from pipeline.store.objects import ObjectTable


@dataclass(frozen=True)
class ObjectMap:
    """Where the objects of a map are."""

    raster: Path
    """objects.tif: the number of its object in every pixel."""

    table: Path
    """A .npy file with a row of `object_type` for each of the objects 1 to n."""

    count: int
    """n."""

    bands: int
    """Of the image that the table tells of; 0: none."""

    metric: bool
    """Whether areas and perimeters are in metres; else they are in pixels."""

    pixels: tuple[int, ...]
    """Of each class, once small objects have joined others."""

    names: tuple[NDArray[np.uint32], ...] | None
    """(n + 1,) for every box the object of each of its regions of one class; None: small objects have joined others,
    and regions are those of the raster alone."""


@dataclass(frozen=True)
class ObjectJob:
    """What objects are made from."""

    finest: Path
    """The map of the finest classes."""

    level: Level
    """What its classes are merged to."""

    style: MapStyle
    ground: Ground | None
    """Of the scene's rows; None: not known."""

    image: Source | None
    """What the table tells the colours of; None: of nothing."""

    sieving: Sieving | None
    """What becomes of small objects; None: they stay."""


def map_objects(
    job: ObjectJob, raster: Path, table: Path, classes: Path | None, on_pixels: Callable[[int], None]
) -> ObjectMap:
    """Make objects.tif and the table of its objects, and classes.tif where small objects join others.

    An object is a region of one class, connected by four neighbours, over the whole scene. Objects are numbered by
    their first pixel in raster order.

    Args:
        job: what they are made from.
        raster: where the numbers of objects appear, whole or not at all.
        table: where the table is made; a file that nobody else reads yet.
        classes: where the map of classes appears once small objects have joined others; None: not wanted.
        on_pixels: called with the number of pixels just done; every pixel is done twice.

    Raises:
        InputError: the map or the image cannot be read.
        OutputError: something cannot be written.
    """
    found, firsts = _find(job, on_pixels)
    bands = 0 if job.image is None else job.image.channels
    shape = job.style.spec.shape
    ground = job.ground or Ground.pixels(shape[0])
    lookup = _narrow(job.level)
    names = []
    rows = ObjectTable(table, found.numbers, bands, ground, shape[1])
    with ExitStack() as stack:
        # Left in the reverse order: the objects are there before the classes, after which nothing is made again.
        merged = None if classes is None else stack.enter_context(job.style.writer(classes, job.level.classes))
        numbers = stack.enter_context(job.style.objects(raster))
        for (box, labels), first in zip(walk(job.finest, shape), firsts, strict=True):
            parts = Components.find(lookup[labels], labels > 0, first)
            named = found.of(parts)
            objects = rows.add(box, parts, named, _bands(job.image, box))
            numbers.write(box, objects)
            if job.sieving is None:
                names.append(named.astype(np.uint32))
            if merged is not None:
                merged.write(box, found.numbers.astype(merged.dtype)[objects])
            on_pixels(box.pixels)
    rows.close()
    pixels = rows.pixels_of_classes(len(job.level.classes) + 1)
    return ObjectMap(
        *(raster, table, len(found), bands, job.ground is not None, tuple(pixels[1:].tolist())),
        names=tuple(names) if job.sieving is None else None,
    )


def load_compiled() -> None:
    """Load the compiled loops that objects are found with: half a second, for a moment in which nobody waits."""
    ground, labels = Ground.pixels(1), np.ones((1, 1), dtype=np.uint8)
    parts = Components(1).add(Box(0, 0, 1, 1), labels, labels > 0)
    # Sums of one band lie side by side, for which the loop would be another.
    tally(parts.inside, parts.count, np.stack([labels, labels]), ground)
    edge = np.zeros(1, dtype=np.int32)
    add_perimeters(np.zeros(2), edge[None], (edge, edge), ground, last=(True, True))


def _find(job: ObjectJob, on_pixels: Callable[[int], None]) -> tuple[Objects, list[int]]:
    """Return what the components of all boxes are part of, and how many components come before those of each box."""
    shape, firsts = job.style.spec.shape, []
    components, lookup = Components(shape[1]), _narrow(job.level)
    for box, labels in walk(job.finest, shape):
        parts = components.add(box, lookup[labels], labels > 0)
        firsts.append(parts.first)
        if job.sieving is not None:
            job.sieving.add(box, parts)
        on_pixels(box.pixels)
    found = components.finish()
    return found if job.sieving is None else job.sieving.finish(found), firsts


def _narrow(level: Level) -> NDArray[np.integer]:
    """Return the level's lookup in the smallest type."""
    return level.lookup.astype(np.min_scalar_type(len(level.classes)))


def _bands(image: Source | None, box: Box) -> NDArray[Any]:
    return np.zeros((0, *box.shape)) if image is None else read(image, box)[0]
