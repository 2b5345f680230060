"""The last phase of a run: rasters of classes first, what is made from them, and the manifest at the end."""

import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.clock import Clock
from pipeline.cluster import Executor
from pipeline.export.catalogue import PRODUCTS, find_products
from pipeline.export.classes import ClassCounts, write_classes
from pipeline.export.preview import write_preview
from pipeline.export.product import Finished
from pipeline.export.style import MapStyle
from pipeline.files import replacing, sync_folder, write_json
from pipeline.join import Joined
from pipeline.raster.scaling import Scaling
from pipeline.run.machine import cores
from pipeline.run.manifest import Course, manifest_of, timings_of
from pipeline.run.plan import ScenePlan
from pipeline.run.products import write_products
from pipeline.run.progress import pixel_progress
from pipeline.run.seams import seams_of
from pipeline.stitch.levels import Finest, take_level
from pipeline.store.record import TileSummary
from pipeline.store.training import PriorSummary


@dataclass(frozen=True)
class Written:
    """What is there now."""

    outputs: tuple[Path, ...]
    finest: ClassCounts
    """Of finest.tif."""

    classes: ClassCounts
    """Of classes.tif."""


def write_outputs(
    plan: ScenePlan,
    joined: Joined,
    prior: Path | None,
    scaling: Scaling,
    *,
    summary: PriorSummary | None,
    tiles: list[TileSummary],
    clock: Clock,
    executor: Executor,
) -> Written:
    """Write all that the plan asks for.

    Args:
        plan: of the run.
        joined: the class of every segment.
        prior: the network that labelled all tiles, which is kept with the outputs.
        scaling: of the image.
        summary: how it was trained.
        tiles: how they were labelled.
        clock: has the laps of the run so far.
        executor: whose workers outline polygons meanwhile.

    Raises:
        AerialsegError: something cannot be written; what is there is whole, and no manifest is.
    """
    _clear(plan.out)
    classes, finest, preview = (plan.out / name for name in ("classes.tif", "finest.tif", "preview.png"))
    level = take_level(joined.classes, joined.tree, plan.config.output.classes)
    style = MapStyle(plan.source.spec, plan.config.output, plan.tags, cores())
    with pixel_progress(plan.scene.name, "writing", plan.grid.scene.pixels) as advance:
        counts = write_classes(finest, classes, joined, level, source=plan.source, style=style, on_pixels=advance)
    if prior is not None:
        with replacing(plan.out / "prior.pt") as temporary:
            shutil.copyfile(prior, temporary)
    clock.lap("write")
    products, found = find_products(plan.config.output.products), Finest(joined.classes, joined.tree, counts.pixels)
    finished = Finished(
        *(plan.scene.name, plan.out, finest, style, found, level, counts.nodata, scaling, lambda: plan.source.alone),
        watched=partial(pixel_progress, plan.scene.name),
    )
    outputs = [classes, finest, preview, *([plan.out / "prior.pt"] if prior is not None else [])]
    step, colours = plan.thumbnail_step, level.classes.colours
    draw = partial(write_preview, preview, plan.work, plan.grid, classes=classes, colours=colours, step=step)

    def describe(finished: Finished) -> Finished:
        seams = seams_of(classes, plan.grid.row_edges, plan.grid.column_edges)
        clock.lap("seams")
        course = Course(summary, tiles, seams, clock.seconds)
        return replace(finished, record=manifest_of(plan, finished, course), timings=timings_of(plan, course))

    finished = write_products(plan, finished, products, describe=describe, draw=draw, clock=clock, executor=executor)
    files = [plan.out / name for product in products for name in product.files]
    outputs += [file for file in files if file.exists()]
    outputs += [plan.out / "run.json", plan.out / "manifest.json"]
    write_json(outputs[-2], finished.timings)
    write_json(outputs[-1], {**finished.record, "outputs": [path.name for path in outputs]})
    sync_folder(plan.out)
    return Written(tuple(outputs), counts, ClassCounts(finished.pixels, counts.nodata))


def _clear(out: Path) -> None:
    """Make the folder; of an earlier run's outputs remove those that are made from classes that are no more.

    The manifest goes first: without it the others are not taken for complete.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in ("manifest.json", "run.json", *(name for product in PRODUCTS for name in product.files)):
        (out / name).unlink(missing_ok=True)
