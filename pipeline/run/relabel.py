"""Another number of classes for a finished run, from its finest classes and their tree; nothing is segmented again."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.errors import ConfigError, InputError, OutputError
from pipeline.export.catalogue import find_products
from pipeline.export.preview import renew_preview
from pipeline.export.product import Finished
from pipeline.export.stac.collection import renew_collection
from pipeline.export.stac.item import STAC
from pipeline.files import write_json
from pipeline.grid import Grid
from pipeline.raster.labels import read_labels
from pipeline.raster.numbers import open_numbers
from pipeline.run.finished import FinishedRun, read_run
from pipeline.run.levels import class_entries
from pipeline.run.seams import seams_of
from pipeline.stitch.levels import Level, take_level
from pipeline.stitch.tree import FEWEST

# Rows and columns that are read at a time; whole blocks of the raster.
_SIDE = 2048


def relabel(folder: Path, count: int) -> tuple[Path, ...]:
    """Merge the finest classes of a run to `count`, and renew all that follows from them, manifest.json last.

    New files are made beside the old ones first and then take their places one right after the other. A relabelling
    that is broken off leaves the old ones; should it be within that moment, the next one repairs it.

    Returns:
        The files that are new.

    Raises:
        InputError: the folder holds no whole run.
        ConfigError: the run has no such level.
        OutputError: the new files cannot be written.
    """
    run = read_run(folder)
    most = len(run.finest.tree)
    if not FEWEST <= count <= most:
        has = "1 class" if most == 1 else f"{most} classes"
        choice = f"choose from {FEWEST} to {most}" if most >= FEWEST else "there is nothing to merge"
        raise ConfigError(f"{folder}: --classes {count} cannot be had of a run that found {has}; {choice}")
    level = take_level(run.finest.classes, run.finest.tree, count)
    stage = folder / ".relabel"
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        made = _make(run, level, stage)
        for name in _renewed(run):
            if stage / name not in made:
                # An output that these classes have nothing for.
                (folder / name).unlink(missing_ok=True)
        for file in made:
            file.replace(folder / file.name)
        # GDAL leaves one for a reference system that GeoTIFF has no keys for; statistics of the old map go with it.
        beside = stage / "classes.tif.aux.xml"
        if beside.exists():
            beside.replace(folder / beside.name)
        else:
            (folder / beside.name).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror}); make room, or make it writable"
        ) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    collected = renew_collection(folder.resolve().parent) if STAC in run.config.output.products else ()
    return (*(folder / file.name for file in made), *collected)


def _make(run: FinishedRun, level: Level, stage: Path) -> list[Path]:
    """Make the new files in a folder of their own; the manifest comes last."""
    made = [stage / "classes.tif"]
    _write_map(run, level, made[0])
    preview = run.folder / "preview.png"
    if preview.exists():
        made.append(stage / preview.name)
        renew_preview(preview, made[-1], made[0], level.classes.colours)
    content, config = dict(run.content), dict(run.content["config"])
    config["output"] = {**config["output"], "classes": len(level.classes)}
    seams = seams_of(made[0], *run.edges)
    content |= {
        "config": config,
        "classes": class_entries(level.classes, level.pixels(run.finest.pixels)),
        "seams": None if seams is None else asdict(seams),
    }
    finished = Finished(
        run.name, stage, run.folder / "finest.tif", run.style, run.finest, level, run.nodata, run.image, content
    )
    for product in find_products(config["output"]["products"]):
        product.make(finished)
    made += [stage / name for name in _renewed(run) if (stage / name).exists()]
    made.append(stage / "manifest.json")
    write_json(made[-1], content)
    return made


def _renewed(run: FinishedRun) -> list[str]:
    """Return the names of the files that follow from classes.tif."""
    return [name for product in find_products(run.config.output.products) for name in product.files]


def _write_map(run: FinishedRun, level: Level, path: Path) -> None:
    finest = run.folder / "finest.tif"
    expected = [run.nodata, *run.finest.pixels]
    counts = np.zeros(len(expected), dtype=np.int64)
    with run.style.writer(path, level.classes) as writer:
        table = level.lookup.astype(writer.dtype)
        for box, labels in _blocks(finest, run.style.spec.shape):
            found = np.bincount(labels.ravel(), minlength=len(counts))
            if len(found) > len(counts):
                break
            counts += found
            writer.write(box, table[labels])
        if counts.tolist() != expected:
            raise InputError(f"{finest}: is not the map that the manifest beside it tells of; segment the scene again")


def _blocks(finest: Path, shape: tuple[int, int]) -> Iterator[tuple[Box, NDArray[Any]]]:
    """Read a map piece by piece; nothing, if it is of another shape."""
    if not finest.is_file():
        raise InputError(f"{finest}: is gone, and classes are merged from it; segment the scene again")
    try:
        source = open_numbers(finest)
        if source.spec.shape == shape:
            for tile in Grid(shape, _SIDE, 0):
                yield tile.write, read_labels(source, tile.write)
    except InputError as error:
        raise InputError(f"{error}; segment the scene again") from None
