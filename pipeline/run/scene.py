"""One scene from plan to outputs, in three steps: prior; tiles and links; joining and export."""

import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.clock import Clock
from pipeline.cluster import Executor
from pipeline.cluster.fitness import prove_fitness
from pipeline.export.catalogue import find_products
from pipeline.export.classes import ClassCounts
from pipeline.join import join
from pipeline.run.labelling import label, prepare, prior_of
from pipeline.run.linking import linking
from pipeline.run.objects import are_wanted
from pipeline.run.outputs import write_outputs
from pipeline.run.plan import ScenePlan

Result = TypeVar("Result")


@dataclass(frozen=True)
class SceneResult:
    """What a finished scene left behind."""

    outputs: tuple[Path, ...]
    classes: int
    """Classes of classes.tif that have pixels; the sample may have classes that the scene has not."""

    finest: int
    """Classes of finest.tif that have pixels."""

    counts: ClassCounts
    """Of classes.tif."""

    seconds: dict[str, float]
    resumed: bool
    """Whether an earlier run had done some of it."""


Steps = Generator[None, None, SceneResult]
"""Work on a scene that pauses between its steps; each may be done by another thread, one at a time."""


def scene_steps(plan: ScenePlan, executor: Executor) -> Steps:
    """Run a plan step by step. Work that is in the work directory already is not done again.

    First the prior, which is one task; then tiles and links, which are many: both are the workers' work. Last what this
    process makes of them. While a scene is at one step, others may be at the other two.

    Raises:
        AerialsegError: as `pipeline.errors` tells; outputs appear whole or not at all.
    """
    clock = Clock()
    prove_fitness(executor, plan.source, _folders(plan))
    prepared = prepare(plan, executor)
    clock.lap("prior")
    yield
    clock.skip()
    with linking(plan, executor) as links:
        tiles = label(plan, executor, prepared, links.begin)
        clock.lap("tiles")
        links.finish()
    clock.lap("links")
    yield
    clock.skip()
    joined = join(plan.work, plan.grid, prepared.meaning, plan.config.levels)
    clock.lap("join")
    prior = prior_of(plan, prepared)
    written = write_outputs(
        plan, joined, prior, prepared.scaling, summary=prepared.summary, tiles=tiles, clock=clock, executor=executor
    )
    if not plan.keep_work:
        shutil.rmtree(plan.work.root, ignore_errors=True)
    return SceneResult(
        outputs=written.outputs,
        classes=_used(written.classes),
        finest=_used(written.finest),
        counts=written.classes,
        seconds=clock.seconds,
        resumed=any(tile.found for tile in tiles),
    )


def segment_scene(plan: ScenePlan, executor: Executor) -> SceneResult:
    """Run a plan, one step after the other; see `scene_steps`."""
    return to_the_end(scene_steps(plan, executor))


def to_the_end(steps: Generator[None, None, Result]) -> Result:
    """Do all steps that are left, and return what comes of them."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result


def _folders(plan: ScenePlan) -> dict[str, Path]:
    """Return the folders that workers write to, by the settings that name them."""
    within = plan.out in plan.work.root.parents
    folders = {"--out or --work" if within else "--work": plan.work.root}
    if are_wanted(find_products(plan.config.output.products), plan.config.objects):
        folders["--out"] = plan.out
    return folders


def _used(counts: ClassCounts) -> int:
    return sum(pixels > 0 for pixels in counts.pixels)
