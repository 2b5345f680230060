"""Another number of classes for a finished run, from its finest classes and their tree; nothing is segmented again."""

import shutil
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import ConfigError, InputError, OutputError
from pipeline.export.attributes import SIDECAR
from pipeline.export.catalogue import find_products
from pipeline.export.preview import renew_preview
from pipeline.export.product import Finished, begun_products, make_products
from pipeline.export.report.index import renew_index
from pipeline.export.stac.collection import renew_collection
from pipeline.export.stac.item import STAC
from pipeline.export.walk import walk
from pipeline.files import write_json
from pipeline.run.completed import STAGE, remember_classes
from pipeline.run.finished import FinishedRun, read_run
from pipeline.run.levels import class_entries
from pipeline.run.lock import locked
from pipeline.run.objects import find_objects, scratch_folder, surveys_of
from pipeline.run.progress import pixel_progress
from pipeline.run.seams import seams_of
from pipeline.stitch.levels import Level, take_level
from pipeline.stitch.tree import FEWEST


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
    # Who has no run there is told so, and finds no lock there either; under the lock it may be another one.
    read_run(folder)
    with locked(folder):
        run = read_run(folder)
        made = _relabel(run, count)
    above, products = folder.resolve().parent, run.config.output.products
    collected = renew_collection(above) if STAC in products else ()
    listed = renew_index(above) if "report" in products else ()
    return (*made, *collected, *listed)


def _relabel(run: FinishedRun, count: int) -> tuple[Path, ...]:
    folder, most = run.folder, len(run.finest.tree)
    if not FEWEST <= count <= most:
        has = "1 class" if most == 1 else f"{most} classes"
        choice = f"choose from {FEWEST} to {most}" if most >= FEWEST else "there is nothing to merge"
        raise ConfigError(f"{folder}: --classes {count} cannot be had of a run that found {has}; {choice}")
    level = take_level(run.finest.classes, run.finest.tree, count)
    stage = folder / STAGE
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        made = _make(run, level, stage)
        for name in _renewed(run):
            if stage / name not in made:
                # An output that these classes have nothing for, or what a viewer noted of the old map.
                (folder / name).unlink(missing_ok=True)
        for file in made:
            file.replace(folder / file.name)
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written to ({error.strerror}); make room, or make it writable"
        ) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return tuple(folder / file.name for file in made)


def _make(run: FinishedRun, level: Level, stage: Path) -> list[Path]:
    """Make the new files in a folder of their own; the manifest comes last."""
    made = [stage / "classes.tif"]
    _write_map(run, level, made[0])
    products = find_products(run.config.output.products)
    finished = Finished(
        run.name,
        stage,
        run.folder / "finest.tif",
        run.style,
        run.finest,
        level,
        run.nodata,
        run.scaling,
        run.image,
        watched=partial(pixel_progress, run.name),
    )
    with scratch_folder(stage) as scratch:
        surveys = surveys_of(finished, products, run.config.objects, scratch)
        finished = replace(finished, objects=find_objects(finished, products, run.config.objects, surveys))
        preview = run.folder / "preview.png"
        if preview.exists():
            made.append(stage / preview.name)
            renew_preview(preview, made[-1], made[0], level.classes.colours)
        finished = replace(finished, record=_record(run, finished, made[0]), timings=run.timings)
        with begun_products(products, finished) as begun:
            make_products(products, finished, begun, lambda _name: None)
    made += [stage / name for name in _renewed(run) if (stage / name).exists()]
    made.append(stage / "manifest.json")
    kept = ("finest.tif", "prior.pt", "run.json")
    outputs = [*(file.name for file in made[:-1]), *(name for name in kept if (run.folder / name).exists())]
    write_json(made[-1], {**finished.record, "outputs": [*outputs, made[-1].name]})
    return made


def _record(run: FinishedRun, finished: Finished, classes: Path) -> dict[str, Any]:
    """Return the content of the new manifest."""
    content, config = dict(run.content), dict(run.content["config"])
    config["output"] = {**config["output"], "classes": len(finished.level.classes)}
    seams = seams_of(classes, *run.edges)
    return content | {
        "config": config,
        **remember_classes(run.content),
        "classes": class_entries(finished.level.classes, finished.pixels),
        "seams": None if seams is None else asdict(seams),
    }


def _renewed(run: FinishedRun) -> list[str]:
    """Return the names of the files that follow from classes.tif."""
    names = [name for product in find_products(run.config.output.products) for name in product.files]
    # GDAL leaves one for a reference system that GeoTIFF has no keys for.
    beside = f"classes.tif{SIDECAR}"
    return names if beside in names else [beside, *names]


def _write_map(run: FinishedRun, level: Level, path: Path) -> None:
    finest = run.folder / "finest.tif"
    expected = [run.nodata, *run.finest.pixels]
    counts = np.zeros(len(expected), dtype=np.int64)
    with run.style.writer(path, level.classes) as writer:
        table = level.lookup.astype(writer.dtype)
        for box, labels in walk(finest, run.style.spec.shape):
            found = np.bincount(labels.ravel(), minlength=len(counts))
            if len(found) > len(counts):
                break
            counts += found
            writer.write(box, table[labels])
        if counts.tolist() != expected:
            raise InputError(f"{finest}: is not the map that the manifest beside it tells of; segment the scene again")
