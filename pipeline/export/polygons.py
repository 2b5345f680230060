"""A polygon for every object, over the whole scene, with what is known of it, as a vector file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.export.objectmap import ObjectMap
from pipeline.export.polygon_attributes import Describer
from pipeline.export.surveying import draw, mapping
from pipeline.export.walk import walk
from pipeline.raster.ground import ground_of
from pipeline.raster.spec import RasterSpec, Transform
from pipeline.stitch.assembly import Assembly
from pipeline.stitch.objects import Ground
from pipeline.stitch.outlines import Outlines, to_binary
from pipeline.stitch.perimeter import perimeters
from pipeline.stitch.rings import take_apart
from pipeline.store.objects import load_names, load_objects
from pipeline.store.survey import load_survey

Drawn = tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.float64]]
"""Objects (n,), their polygons (n,) as well-known binary where the map lies, and their perimeters (n,)."""

_BATCH = 50_000
"""Polygons that are written at a time."""


@dataclass(frozen=True)
class PolygonsJob:
    """All that is needed to write the polygons of a map's objects."""

    found: ObjectMap
    path: Path
    """The file to make; its suffix tells its format."""

    describer: Describer
    qml: str
    """The style that a GeoPackage carries."""

    simplify: float
    """Pixels by which outlines may differ from the pixels' sides; 0: none."""

    def __str__(self) -> str:
        return f"{self.path}: polygons"

    @property
    def spec(self) -> RasterSpec:
        """Of the map."""
        return self.found.surveys[0].plan.spec


def place_of(spec: RasterSpec) -> Transform:
    """Return the way from columns and rows of a raster to where its polygons lie."""
    # Without a place, GIS programs show rasters from 0 downwards.
    return spec.transform or (1, 0, 0, 0, -1, 0)


def write_polygons(job: PolygonsJob) -> None:
    """Write the file, whole or not at all.

    Raises:
        InputError: the map cannot be read.
        OutputError: it cannot be written.
    """
    # It brings GDAL a second time, which takes its time and starts a thread: not for those who write no polygons.
    from pipeline.raster.features import FeatureWriter

    spec, rows = job.spec, load_objects(job.found.table)
    ground = ground_of(spec) or Ground.pixels(spec.shape[0])
    parts = _simplified(job, ground) if job.simplify else _drawn(job, ground)
    crs, scratch = spec.crs if spec.transform else None, job.found.table.parent
    with FeatureWriter(job.path, layer="objects", crs=crs, qml=job.qml, scratch=scratch) as writer:
        for names, shapes, lengths in _batches(parts):
            writer.write(shapes, job.describer.describe(names, rows[names], lengths))


def _outlines(job: PolygonsJob, ground: Ground) -> Iterator[Outlines]:
    """Yield the outlines of every box, with the numbers of objects."""
    found, place = job.found, None if job.simplify else place_of(job.spec)
    if found.raster is not None:
        for box, numbers in walk(found.raster, job.spec.shape):
            yield draw(box, numbers, ground, place)
        return
    names = load_names(found.names)
    for survey, first in zip(found.surveys, found.firsts, strict=True):
        outlines = load_survey(survey.into, Outlines)
        yield outlines.renamed(names[first:])


def _assembled(job: PolygonsJob, ground: Ground) -> Iterator[tuple[Outlines, NDArray[np.int64], NDArray[np.object_]]]:
    """Yield the outlines of every box, and the other objects that are whole now: their numbers and polygons."""
    assembly = Assembly(np.asarray(load_objects(job.found.table)["pixels"]))
    for outlines, survey in zip(_outlines(job, ground), job.found.surveys, strict=True):
        yield outlines, *assembly.add(outlines.open_names, outlines.polygons, survey.box)
    assembly.finish()


def _drawn(job: PolygonsJob, ground: Ground) -> Iterator[Drawn]:
    """Yield polygons box by box, each once it is whole, in the order of their numbers."""
    to_map = mapping(place_of(job.spec))
    for outlines, names, polygons in _assembled(job, ground):
        rings = take_apart(polygons)
        found = np.concatenate([outlines.names, names])
        order = np.argsort(found, kind="stable")
        shapes = np.concatenate([outlines.binary, to_binary(rings, to_map)])
        yield found[order], shapes[order], np.concatenate([outlines.lengths, perimeters(rings, ground)])[order]


def _simplified(job: PolygonsJob, ground: Ground) -> Iterator[Drawn]:
    """Simplify all outlines together (Visvalingam and Whyatt 1993), so that neighbours keep sharing them."""
    parts = [part[1:] for part in _assembled(job, ground)]
    names, polygons = (np.concatenate([part[place] for part in parts]) for place in range(2))
    lengths = perimeters(take_apart(polygons), ground)
    # With a corner at every pixel, what neighbours share is the same on both sides.
    simple = shapely.coverage_simplify(shapely.segmentize(polygons, 1), job.simplify)
    yield names, shapely.to_wkb(shapely.transform(simple, mapping(place_of(job.spec)))), lengths


def _batches(parts: Iterator[Drawn]) -> Iterator[Drawn]:
    """Yield at least one batch of not too few and not too many."""
    nothing: Drawn = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object), np.zeros(0)
    held = [nothing]
    for part in parts:
        held.append(part)
        if sum(len(names) for names, *_ in held) >= _BATCH:
            yield _joined(held)
            held = [nothing]
    yield _joined(held)


def _joined(parts: list[Drawn]) -> Drawn:
    names, shapes, lengths = zip(*parts, strict=True)
    return np.concatenate(names), np.concatenate(shapes), np.concatenate(lengths)
