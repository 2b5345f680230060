"""Variants of a configuration on one window of a scene, side by side: how settings are chosen.

Each variant is a run of that window like any other, into a folder of its own; the sheet is made from what it leaves.
"""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config import Config
from pipeline.errors import AerialsegError, OutputError
from pipeline.export.segments import count_segments, outlines
from pipeline.export.sheet import ROW_HEIGHT, Panel, Row, write_sheet
from pipeline.raster.apart import look_apart
from pipeline.raster.look import look_at
from pipeline.run.options import Options
from pipeline.run.plan import ScenePlan
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene
from pipeline.run.window import SIDE, choose_window

Say = Callable[[str], None]

# The longest side of a picture; the height of the sheet that it is made smaller for; the least that it may be.
_WIDEST, _TALLEST, _SMALLEST = 800, 4000, 64
_OUTLINE = (255, 235, 0)


@dataclass(frozen=True)
class Variant:
    """One way to segment the window."""

    title: str
    """The setting and its value; "" where nothing is varied."""

    config: Config


@dataclass(frozen=True)
class _Result:
    segments: int
    classes: int
    seconds: float
    row: Row


@contextmanager
def naming(title: str) -> Iterator[None]:
    """Put a variant's title before what is wrong with it."""
    try:
        yield
    except AerialsegError as error:
        if not title:
            raise
        raise type(error)(f"{title}: {error}") from None


def try_scene(scene: Scene, variants: Sequence[Variant], options: Options, say: Say) -> Path:
    """Segment one window of a scene by every variant, and make the sheet.

    Args:
        scene: where the window lies.
        variants: at least one; the first one's bands and nodata settle the window where the options name none.
        options: as of a run; results appear as `out/<scene>/try.png`.
        say: takes a line at a time.

    Returns:
        The sheet's path.

    Raises:
        AerialsegError: as `pipeline.errors` tells, led by the title of the variant; then no sheet is made.
    """
    path = options.out / scene.name / "try.png"
    if path.resolve() == Path(scene.path).resolve():
        raise OutputError(f"{scene.path}: the sheet would overwrite the scene itself; choose another --out")
    first = variants[0].config
    look_apart(scene.path, first.input, options.window, options.bounds)
    source = look_at(scene.path, first.input, options.window, options.bounds)
    named = options.window is not None or options.bounds is not None
    window = source.window if named else choose_window(source, first.seed)
    folder = (options.work or path.parent) / f".try-{secrets.token_hex(4)}"
    plans, found = [], versions()
    for number, variant in enumerate(variants, start=1):
        place = replace(options, out=folder / f"{number:02d}", work=None, keep_work=True, window=window, bounds=None)
        with naming(variant.title):
            plans.append(plan_scene(scene, _prepared(variant.config, len(variants)), place, found))
    results = []
    with _made(folder, keep=options.keep_work):
        for number, (variant, plan) in enumerate(zip(variants, plans, strict=True), start=1):
            say(f"{scene.name}: {number} of {len(variants)}, {_name(variant)}")
            with naming(variant.title):
                results.append(_run(variant, plan))
    heading = f"{scene.name}, columns {window.left} to {window.right}, rows {window.top} to {window.bottom}"
    write_sheet(path, heading, [result.row for result in results])
    say(_table(variants, results))
    if options.keep_work:
        say(f"the results of every value are in {folder}")
    return path


@contextmanager
def _made(folder: Path, *, keep: bool) -> Iterator[None]:
    """Make a folder for the runs, which goes when they are done, or fail, unless it is to be kept."""
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); choose another place for it") from None
    try:
        yield
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _prepared(config: Config, rows: int) -> Config:
    """Settle what a sheet wants: previews that fit it, and no workers unless some were asked for."""
    side = min(_WIDEST, max(_TALLEST // rows - ROW_HEIGHT, _SMALLEST))
    output, cluster = config.output.model_copy(update={"preview": side}), config.cluster
    if cluster.workers is None and cluster.gpus is None and cluster.scheduler is None and cluster.slurm is None:
        cluster = cluster.model_copy(update={"workers": 0})
    return config.model_copy(update={"output": output, "cluster": cluster})


def _run(variant: Variant, plan: ScenePlan) -> _Result:
    started = time.perf_counter()
    with open_cluster(plan.config.cluster, plan.workers) as executor:
        counts = segment_scene(plan, executor).counts
    seconds = time.perf_counter() - started
    segments, pixels = count_segments(plan.work, plan.grid), sum(counts.pixels)
    classes = sum(count > 0 for count in counts.pixels)
    step = plan.thumbnail_step
    rows, columns = (-(-length // step) for length in plan.grid.shape)
    zoom = max(min(plan.config.output.preview, SIDE) // max(rows, columns), 1)
    # The preview shows the image at the left and its classes at the right, a cell each pixel.
    with Image.open(plan.out / "preview.png") as preview:
        page = np.asarray(preview.convert("RGB")).repeat(zoom, axis=0).repeat(zoom, axis=1)
    image, labels = page[:, : columns * zoom], page[:, -columns * zoom :]
    outlined = image.copy()
    outlined[outlines(plan.work, plan.grid, step, zoom)] = _OUTLINE
    average = f", {pixels / segments:,.0f} px on average" if segments else ""
    panels = (
        Panel(image, "image" if step == 1 else f"image, every pixel the mean of {step} x {step}"),
        Panel(outlined, f"{segments:,} {'pre-segment' if segments == 1 else 'pre-segments'}{average}"),
        Panel(labels, f"{classes} {'class' if classes == 1 else 'classes'}"),
    )
    return _Result(segments, classes, seconds, Row(_name(variant), panels))


def _name(variant: Variant) -> str:
    return variant.title or "as configured"


def _table(variants: Sequence[Variant], results: Sequence[_Result]) -> str:
    names = [_name(variant) for variant in variants]
    width = max(map(len, names))
    lines = [f"{'':{width}}  segments  classes  seconds"]
    for name, result in zip(names, results, strict=True):
        lines.append(f"{name:{width}}  {result.segments:8}  {result.classes:7}  {result.seconds:7.1f}")
    return "\n".join(lines)
