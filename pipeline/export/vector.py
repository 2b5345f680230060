"""objects.gpkg or .fgb: a polygon for every object, over the whole scene, with what is known of it."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.export.objectmap import ObjectMap
from pipeline.export.polygon_attributes import Describer
from pipeline.export.product import Finished, Product
from pipeline.export.qml import polygons_qml
from pipeline.export.tracing import take_traced, trace_jobs
from pipeline.files import write_text
from pipeline.raster.features import FeatureWriter
from pipeline.raster.spec import RasterSpec, apply
from pipeline.stitch.assembly import Assembly, Outlined
from pipeline.stitch.titles import titles_of
from pipeline.store.objects import load_objects

_BATCH = 50_000
"""Polygons that are written at a time."""


def make_vector(finished: Finished) -> None:
    """Write the polygons of a finished map's objects.

    Raises:
        InputError: the image or the map cannot be read.
        OutputError: they cannot be written.
    """
    found, config, spec = finished.objects, finished.style.config, finished.style.spec
    if found is None:
        raise ValueError("objects are found before outputs are made")
    rows, titles = load_objects(found.table), titles_of(finished.level.classes, finished.pixels)
    describer, qml = _describer(finished, titles), polygons_qml("class", titles, finished.level.classes.colours)
    polygons = _polygons(finished, found, np.asarray(rows["pixels"]))
    if config.simplify:
        polygons = iter([_simplified(polygons, config.simplify)])
    path = finished.folder / f"objects.{config.vector}"
    with FeatureWriter(path, layer="objects", crs=spec.crs if spec.transform else None, qml=qml) as writer:
        for names, shapes in _batches(polygons):
            writer.write(shapely.transform(shapes, _to_map(spec)), describer.describe(names, rows[names]))
    write_text(finished.folder / "objects.qml", qml)


def _describer(finished: Finished, titles: Sequence[str]) -> Describer:
    bands: tuple[int, ...] = ()
    if finished.objects is not None and finished.objects.bands:
        source = finished.image()
        # A palette's colours are three, whatever band they came from.
        bands = source.bands if source.palette is None else (1, 2, 3)
    metric = finished.objects is not None and finished.objects.metric
    return Describer(tuple(titles), finished.coarser(finished.level), bands, metric)


def _polygons(finished: Finished, found: ObjectMap, pixels: NDArray[np.int64]) -> Iterator[Outlined]:
    """Yield objects and polygons in columns and rows, box by box, each once it is whole."""
    assembly, folder = Assembly(pixels), found.table.parent
    if found.names is None:
        jobs = trace_jobs(found.raster, None, finished.style.spec.shape, folder)
    else:
        jobs = finished.traces(folder)
    for place, job in enumerate(jobs):
        finished.trace(job)
        regions, polygons = take_traced(job)
        objects = regions if found.names is None else found.names[place][regions].astype(np.int64)
        yield assembly.add(objects, polygons, job.box)
    assembly.finish()


def _simplified(polygons: Iterator[Outlined], side: float) -> Outlined:
    """Simplify all outlines together (Visvalingam and Whyatt 1993), so that neighbours keep sharing them."""
    parts = list(polygons)
    names = np.concatenate([part[0] for part in parts])
    # With a corner at every pixel, what neighbours share is the same on both sides.
    shapes = shapely.segmentize(np.concatenate([part[1] for part in parts]), 1)
    return names, shapely.coverage_simplify(shapes, side)


def _batches(polygons: Iterator[Outlined]) -> Iterator[Outlined]:
    """Yield at least one batch of not too few and not too many."""
    held: list[Outlined] = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object))]
    for part in polygons:
        held.append(part)
        if sum(len(names) for names, _ in held) >= _BATCH:
            yield _joined(held)
            held = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=object))]
    yield _joined(held)


def _joined(parts: list[Outlined]) -> Outlined:
    return np.concatenate([names for names, _ in parts]), np.concatenate([shapes for _, shapes in parts])


def _to_map(spec: RasterSpec) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    # Without a place, GIS programs show rasters from 0 downwards.
    transform = spec.transform or (1, 0, 0, 0, -1, 0)
    return lambda cells: np.column_stack(apply(transform, *cells.T))


FILES = ("objects.gpkg", "objects.fgb", "objects.parquet", "objects.qml")

VECTOR = Product("vector", FILES, make_vector, of_objects=True, of_bands=True)
