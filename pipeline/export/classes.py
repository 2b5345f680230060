"""classes.tif and finest.tif: the class of every pixel, as cloud-optimised GeoTIFFs with each class's mean colour."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.export.coverage import Coverage
from pipeline.export.style import MapStyle
from pipeline.files import replacing
from pipeline.join import Joined
from pipeline.raster.source import Source, read
from pipeline.raster.writer import LabelWriter
from pipeline.stitch.border import Labels
from pipeline.stitch.levels import Level
from pipeline.stitch.mosaic import Read, mosaic


@dataclass(frozen=True)
class ClassCounts:
    """Pixels of a map."""

    pixels: tuple[int, ...]
    """Of each class, class 1 first."""

    nodata: int
    """Outside."""


def write_classes(
    finest: Path,
    path: Path,
    joined: Joined,
    level: Level,
    *,
    source: Source,
    style: MapStyle,
    on_pixels: Callable[[int], None],
) -> ClassCounts:
    """Stream both maps, box by box; one pass over the tiles serves both.

    Args:
        finest: where the map of all classes appears, whole or not at all.
        path: where the map of the level's classes appears, whole or not at all.
        joined: the class of every segment of any tile.
        level: what `path` shows; with as many classes as there are, it is a copy of `finest`.
        source: the scene.
        style: georeference, compression, tags.
        on_pixels: called with the number of pixels just written.

    Returns:
        Pixels of the finest classes.

    Raises:
        InputError: the scene cannot be read.
        OutputError: they cannot be written, or a valid pixel has no class, or another one has.
    """
    merged = len(level.classes) < len(joined.classes)
    pixels, coverage = np.zeros(len(joined.classes) + 1, dtype=np.int64), Coverage(joined.work, joined.grid)
    with ExitStack() as stack:
        # Left in the reverse order: the finest map is there before the other one, which is made from it later on.
        coarse = stack.enter_context(style.writer(path, level.classes, joined.work.labels)) if merged else None
        fine = stack.enter_context(style.writer(finest, joined.classes, joined.work.finest))
        threads = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="tile"))
        for box, labels in mosaic(joined.grid, _one_ahead(joined.classes_of_tile, len(joined.grid), threads)):
            classes, valid = labels.astype(fine.dtype), None
            if source.covered:
                # Another file lies over the scene, or shows where the scene itself has nothing.
                valid = read(source.alone, box)[1]
                classes[~valid] = 0
            coverage.prove(box, classes, valid)
            pixels += np.bincount(classes.ravel(), minlength=len(pixels))
            fine.write(box, classes)
            if coarse is not None:
                coarse.write(box, level.lookup.astype(coarse.dtype)[classes])
            on_pixels(box.pixels)
        # Still within: what is not proven does not appear.
        coverage.finish()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(LabelWriter.finish, [fine] if coarse is None else [fine, coarse]))
    if not merged:
        _copy(finest, path)
    return ClassCounts(tuple(pixels[1:].tolist()), int(pixels[0]))


def _one_ahead(read: Read, count: int, threads: ThreadPoolExecutor) -> Read:
    """Return what gives the classes of tiles, each once and in raster order, and has the next one read meanwhile."""
    begun = [threads.submit(read, 0)]

    def take(index: int) -> Labels:
        if index + 1 < count:
            begun.append(threads.submit(read, index + 1))
        return begun.pop(0).result()

    return take


def _copy(path: Path, target: Path) -> None:
    """Copy a raster with what GDAL has left beside it."""
    beside, old = (Path(f"{file}.aux.xml") for file in (path, target))
    if beside.exists():
        with replacing(old) as temporary:
            shutil.copyfile(beside, temporary)
    else:
        old.unlink(missing_ok=True)
    with replacing(target) as temporary:
        shutil.copyfile(path, temporary)
