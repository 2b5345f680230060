"""Time and memory of all that follows the tiles, on a scene of very many objects: links, join, maps, objects.

    python benchmarks/stitching.py [--objects 10000000] [--folder /tmp]

The scene is a chequerboard of two classes, whose squares are pre-segments and objects. Only the records of its tiles
are there, as workers would have left them. All runs in one process.
"""

import argparse
import math
import resource
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.config import LevelsConfig, OutputConfig
from pipeline.export.classes import write_classes
from pipeline.export.numbering import write_numbers
from pipeline.export.objectmap import map_objects
from pipeline.export.style import MapStyle
from pipeline.export.surveying import SurveyPlan, survey, survey_jobs
from pipeline.grid import Grid, Tile
from pipeline.jobs import LinkJob
from pipeline.join import join
from pipeline.meaning import Meaning
from pipeline.raster.source import Source
from pipeline.raster.spec import RasterSpec
from pipeline.stitch.levels import take_level
from pipeline.store.record import TileRecord, TileSummary, save_record
from pipeline.store.work import Work
from pipeline.tile import link_tiles

_SQUARE, _TILE, _HALO, _THREADS = 4, 1024, 128, 2
_MARK = "stitching"
_COLOURS = ((40, 90, 40), (170, 160, 150))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000_000, help="of the scene, at least")
    parser.add_argument("--folder", type=Path, help="for files; a quarter of a gigabyte for every million objects")
    options = parser.parse_args()
    side = math.ceil(math.sqrt(options.objects)) * _SQUARE
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        measure(Path(folder), side)


def measure(folder: Path, side: int) -> None:
    """Measure a scene of so many rows and columns, and print a line for each stage."""
    grid, work = Grid((side, side), _TILE, _HALO), Work(folder / "work")
    make_records(grid, work)
    print(
        f"{side} x {side} px, {len(grid)} tiles\n{'stage':8}  wall s   CPU s  peak GB of the process so far", flush=True
    )
    watch = _Watch()
    link_tiles(LinkJob(tuple(grid.neighbours()), work, _MARK))
    watch.lap("links")
    joined = join(work, grid, _meaning(), LevelsConfig())
    watch.lap("join")
    style = MapStyle(RasterSpec((side, side), 1, "uint8"), OutputConfig(), {}, _THREADS)
    level = take_level(joined.classes, joined.tree, 0)
    source = cast("Source", SimpleNamespace(covered=False))
    finest, classes = folder / "finest.tif", folder / "classes.tif"
    counts = write_classes(finest, classes, joined, level, source=source, style=style, on_pixels=lambda _: None)
    watch.lap("write")
    lookup = tuple(level.lookup.tolist())
    surveys = survey_jobs(SurveyPlan(finest, lookup, style.spec, None, None, drawn=False, place=None), folder / "boxes")
    (folder / "boxes").mkdir()
    for job in surveys:
        survey(job)
    watch.lap("surveys")
    found = map_objects(surveys, lambda _: None, None, folder / "boxes", lambda _: None, classes=len(level.classes))
    watch.lap("objects")
    write_numbers(found, style, folder / "objects.tif", lambda _: None)
    watch.lap("numbers")
    watch.total()
    squares = (side // _SQUARE) ** 2
    if found.count != squares or sum(counts.pixels) != side**2:
        raise SystemExit(f"{found.count} objects were found of {squares}")


def make_records(grid: Grid, work: Work) -> None:
    """Leave the record of every tile; those that are alike are one file."""
    made: dict[tuple[object, ...], Path] = {}
    for tile in grid:
        path = work.record(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        inner = tile.voting.shifted(-tile.read.top, -tile.read.left)
        kind = (tile.read.shape, inner, (tile.read.top + tile.read.left) // _SQUARE % 2)
        if kind in made:
            path.hardlink_to(made[kind])
        else:
            save_record(path, _record(tile, inner), _MARK)
            made[kind] = path


def _record(tile: Tile, inner: Box) -> TileRecord:
    rows, columns = (np.arange(length) // _SQUARE for length in tile.read.shape)
    across = int(columns[-1]) + 1
    segments: NDArray[np.int32] = (rows[:, None] * across + columns + 1).astype(np.int32)
    count = int(segments[-1, -1])
    down, along = np.divmod(np.arange(count), across)
    first = (tile.read.top + tile.read.left) // _SQUARE
    labels = np.concatenate([[0], (first + down + along) % 2 + 1]).astype(np.uint16)
    pixels = np.bincount(segments[inner.top : inner.bottom, inner.left : inner.right].ravel(), minlength=count + 1)
    voters = np.flatnonzero(pixels)
    votes = np.column_stack([voters, labels[voters], pixels[voters]]).astype(np.int64)
    valid, nothing = np.ones(tile.read.shape, dtype=np.bool_), np.zeros((0, 0, 4), dtype=np.uint8)
    summary = TileSummary(tile.row, tile.column, int(pixels.sum()), count, len(_COLOURS))
    return TileRecord(summary, segments, valid, labels, votes, None, nothing)


def _meaning() -> Meaning:
    names = tuple(f"class {number}" for number in range(1, len(_COLOURS) + 1))
    return Meaning((1,), 1, (0.0,), (1.0,), names, _COLOURS, (0.0, 0.0), (0.5, 0.5), ())


class _Watch:
    """Prints what every stage took."""

    def __init__(self) -> None:
        self._begun = self._last = time.perf_counter(), time.process_time()

    def lap(self, stage: str) -> None:
        now = time.perf_counter(), time.process_time()
        self._print(stage, self._last, now)
        self._last = now

    def total(self) -> None:
        self._print("all", self._begun, self._last)

    def _print(self, stage: str, begun: tuple[float, float], ended: tuple[float, float]) -> None:
        # Kilobytes on Linux.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
        print(f"{stage:8} {ended[0] - begun[0]:7.1f} {ended[1] - begun[1]:7.1f} {peak:8.2f}", flush=True)


if __name__ == "__main__":
    main()
