"""Boxes of the finished map, each looked at by itself: what objects are put together and described from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Parts, Rim
from pipeline.export.walk import boxes_of, walk
from pipeline.image import scale
from pipeline.kernels.sums import totals
from pipeline.raster.ground import ground_of
from pipeline.raster.outlines import outlines
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source, read
from pipeline.raster.spec import RasterSpec, Transform, apply
from pipeline.stitch.objects import Ground, Near, borders, tally
from pipeline.stitch.outlines import Outlines, ToMap
from pipeline.store.survey import Survey, save_survey


@dataclass(frozen=True)
class SurveyPlan:
    """What is wanted of every box of a map."""

    finest: Path
    """The map of the finest classes."""

    lookup: tuple[int, ...]
    """What they are merged to: the class of each of them, 0 first."""

    spec: RasterSpec
    """Of the map."""

    image: Source | None
    """Whose bands are summed up; None: none are."""

    scaling: Scaling | None
    """Of the image, where small objects are to join others by their colours; else None."""

    drawn: bool
    """Whether outlines are wanted."""

    place: Transform | None
    """Where outlines go on the map; None: they stay in columns and rows, for they are to be simplified together."""


@dataclass(frozen=True)
class SurveyJob:
    """A box of a map that is looked at."""

    plan: SurveyPlan
    box: Box
    into: Path
    """Where the survey is left."""

    def __str__(self) -> str:
        return f"{self.plan.finest}: objects from row {self.box.top}, column {self.box.left}"


def survey_jobs(plan: SurveyPlan, folder: Path) -> list[SurveyJob]:
    """Return the surveys of a map, in the order in which they are wanted."""
    return [SurveyJob(plan, box, folder / f"survey_{box.top}_{box.left}.zip") for box in boxes_of(plan.spec.shape)]


def survey(job: SurveyJob) -> None:
    """Look at a box and leave what is found.

    Raises:
        InputError: the map or the image cannot be read.
        OutputError: the survey cannot be written.
    """
    plan, box = job.plan, job.box
    ((_, labels),) = walk(plan.finest, plan.spec.shape, [box])
    classes = narrowed(plan.lookup)[labels]
    parts = Parts.find(classes, labels > 0)
    ground = ground_of(plan.spec) or Ground.pixels(plan.spec.shape[0])
    raw, valid = (np.zeros((0, *box.shape)), None) if plan.image is None else read(plan.image, box)
    near = None
    if plan.scaling is not None and valid is not None:
        image = scale(raw, valid, plan.scaling.low, plan.scaling.high)
        _, sums, _ = totals(parts.inside, image, parts.count + 1)
        near = Near(sums, *borders(parts.inside))
    found = tally(parts.inside, parts.count, raw, ground.rows(box.top, box.bottom))
    drawn = draw(box, parts.inside, ground, plan.place) if plan.drawn else None
    save_survey(job.into, Survey(Rim.of(parts, classes), found, near, drawn))


def draw(box: Box, numbers: NDArray[np.integer], ground: Ground, place: Transform | None) -> Outlines:
    """Outline the regions of a box; see `Outlines.of`."""
    to_map = None if place is None else mapping(place)
    return Outlines.of(numbers, outlines(box, numbers), to_map, ground)


def mapping(place: Transform) -> ToMap:
    """Return the way of polygons to the map."""
    return lambda cells: np.column_stack(apply(place, *cells.T))


def narrowed(lookup: Sequence[int]) -> NDArray[np.integer]:
    """Return a lookup in the smallest type."""
    return np.array(lookup, dtype=np.min_scalar_type(max(lookup)))
