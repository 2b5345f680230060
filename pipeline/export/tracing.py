"""Outlines of a map's regions, box by box: what polygons of objects are put together from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Components
from pipeline.export.walk import boxes_of, walk
from pipeline.raster.outlines import outlines
from pipeline.stitch.assembly import Outlined
from pipeline.stitch.rings import put_together
from pipeline.store.arrays import need_arrays, save_arrays

_ARRAYS = ("names", "places", "rings", "polygons")


@dataclass(frozen=True)
class TraceJob:
    """A box of a map whose regions are outlined."""

    raster: Path
    """The map, or the numbers of its objects."""

    shape: tuple[int, int]
    """Of the raster."""

    box: Box
    lookup: tuple[int, ...] | None
    """The class of each of the map's classes, 0 first: regions of one class are numbered within the box, as
    `Components` does. None: regions have the raster's numbers."""

    into: Path
    """Where the outlines are left."""

    def __str__(self) -> str:
        return f"{self.raster}: outlines from row {self.box.top}, column {self.box.left}"


def trace_jobs(raster: Path, lookup: NDArray[np.int64] | None, shape: tuple[int, int], folder: Path) -> list[TraceJob]:
    """Return what there is to do for a map of so many rows and columns, in the order in which polygons are wanted."""
    table = None if lookup is None else tuple(lookup.tolist())
    return [
        TraceJob(raster, shape, box, table, folder / f"outlines_{box.top}_{box.left}.zip") for box in boxes_of(shape)
    ]


def trace(job: TraceJob) -> None:
    """Outline a box and leave the outlines.

    Raises:
        InputError: the raster cannot be read.
        OutputError: they cannot be written.
    """
    ((box, numbers),) = walk(job.raster, job.shape, [job.box])
    if job.lookup is not None:
        lookup = np.array(job.lookup, dtype=np.min_scalar_type(max(job.lookup)))
        numbers = Components.find(lookup[numbers], numbers > 0, 0).inside
    names, (places, *rings) = outlines(box, numbers)
    save_arrays(job.into, dict(zip(_ARRAYS, (names, places.astype(np.int32), *rings), strict=True)), "")


def take_traced(job: TraceJob) -> Outlined:
    """Return the number of each region of a box and its polygon, in columns and rows of the raster; the file goes.

    Raises:
        OutputError: it is not there, or damaged.
    """
    names, places, rings, polygons = need_arrays(job.into, *_ARRAYS)
    job.into.unlink()
    return names, put_together(places.astype(np.float64), rings, polygons)
