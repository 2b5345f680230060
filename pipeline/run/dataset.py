"""Many scenes in one run: one cluster, one scene after the other, and a bad one does not stop the rest."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config import Config
from pipeline.errors import AerialsegError, InputError, OutputError
from pipeline.export.report.index import write_index
from pipeline.export.stac.collection import COLLECTION, renew_collection
from pipeline.export.stac.item import STAC
from pipeline.run.describe import describe_workers
from pipeline.run.plan import Options, ScenePlan, plan_scene
from pipeline.run.remains import Remains
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene
from pipeline.run.shared import DatasetPlan, plan_dataset
from pipeline.run.unreadable import clear_unreadable, find_unreadable

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one scene."""

    scene: Scene
    outputs: tuple[Path, ...]
    seconds: float
    reason: str | None
    """Why it failed; None: it did not."""


def plan_scenes(scenes: Sequence[Scene], config: Config, options: Options) -> DatasetPlan:
    """Plan every scene by itself, or all together where they share a prior.

    Raises:
        AerialsegError: the scenes cannot share a prior.
    """
    found = versions()
    if config.prior.over == "dataset":
        return plan_dataset(scenes, config, options, found)
    plans, refused = [], {}
    for scene in scenes:
        try:
            plans.append(plan_scene(scene, config, options, found))
        except AerialsegError as error:
            refused[scene.name] = error
    return DatasetPlan(tuple(plans), refused)


def segment_scenes(scenes: Sequence[Scene], config: Config, options: Options, say: Say) -> list[Outcome]:
    """Plan all scenes, then segment those that can be; `say` takes one line at a time.

    Where scenes share a prior, a damaged one is left out as if it had not been named, and the others begin anew.

    Raises:
        AerialsegError: there is one scene alone, and it failed; or scenes cannot share a prior.
    """
    outcomes: dict[str, Outcome] = {}
    left = list(scenes)
    while left:
        planned = plan_scenes(left, config, options)
        done, damaged = _segment(planned, options, say, alone=len(scenes) == 1) if planned.plans else ({}, {})
        for scene in left:
            error = planned.refused.get(scene.name) or damaged.get(scene.name)
            if error is not None:
                outcomes[scene.name] = _failure(scene, error, 0.0, say, alone=len(scenes) == 1)
        outcomes |= done
        left = [scene for scene in left if scene.name not in outcomes]
    finished = sum(outcome.reason is None for outcome in outcomes.values())
    if STAC in config.output.products and renew_collection(options.out, found=finished > 1):
        say(f"{options.out / COLLECTION}: the scenes of {options.out} as a STAC collection")
    if len(scenes) > 1:
        say(_table([outcomes[scene.name] for scene in scenes]))
        if "report" in config.output.products:
            _index(options.out, outcomes.values(), say)
    return [outcomes[scene.name] for scene in scenes]


def _segment(
    planned: DatasetPlan, options: Options, say: Say, *, alone: bool
) -> tuple[dict[str, Outcome], dict[str, InputError]]:
    """Segment what is planned.

    Returns:
        What became of each scene, by name; nothing where scenes share a prior and some of them are damaged, but these,
        with what is wrong.
    """
    outcomes: dict[str, Outcome] = {}
    remains = Remains(planned, keep=options.keep_work)
    with open_cluster(planned.plans[0].config.cluster, max(plan.workers for plan in planned.plans)) as executor:
        for plan in planned.plans:
            started, name = time.perf_counter(), plan.scene.name
            outputs = remains.outputs(plan)
            if outputs is None:
                say(_announce(plan))
                try:
                    result = segment_scene(plan, executor)
                except AerialsegError as error:
                    shared = planned.work is not None and isinstance(error, InputError)
                    damaged = find_unreadable(planned.plans) if shared else {}
                    if damaged:
                        remains.clear()
                        return {}, damaged
                    if isinstance(error, InputError):
                        clear_unreadable(plan)
                    outcomes[name] = _failure(plan.scene, error, time.perf_counter() - started, say, alone=alone)
                    continue
                outputs, seconds = result.outputs, time.perf_counter() - started
                rate = plan.grid.scene.pixels / 1e6 / seconds
                merged = f", merged from {result.finest}," if result.finest > result.classes else ""
                say(f"{name}: {result.classes} classes{merged} in {seconds:.0f} s ({rate:.2f} Mpx/s)")
            else:
                say(f"{name}: was done before the run broke off")
            outcomes[name] = Outcome(plan.scene, outputs, time.perf_counter() - started, None)
            remains.settle(plan, outputs)
    if all(outcome.reason is None for outcome in outcomes.values()):
        remains.clear()
    return outcomes, {}


def _failure(scene: Scene, error: AerialsegError, seconds: float, say: Say, *, alone: bool) -> Outcome:
    if alone:
        raise error
    say(f"{scene.name}: {error}")
    return Outcome(scene, (), seconds, str(error))


def _index(out: Path, outcomes: Iterable[Outcome], say: Say) -> None:
    """Renew the page that leads to all reports; the scenes are done, whether that can be written or not."""
    failures = {outcome.scene.name: outcome.reason for outcome in outcomes if outcome.reason is not None}
    try:
        say(f"all reports: {write_index(out, failures)}")
    except OutputError as error:
        say(str(error))


def _announce(plan: ScenePlan) -> str:
    rows, columns = plan.grid.shape
    tiles = "1 tile" if len(plan.grid) == 1 else f"{len(plan.grid)} tiles"
    return (
        f"{plan.scene.name}: {columns} x {rows} px, {tiles}, scope {plan.config.train.scope}, {describe_workers(plan)},"
        f" about {plan.memory_total / 1e9:.1f} GB of memory"
    )


def _table(outcomes: Sequence[Outcome]) -> str:
    width = max(len(outcome.scene.name) for outcome in outcomes)
    lines = [
        f"{outcome.scene.name:{width}}  {'failed' if outcome.reason else 'done':6}  {outcome.seconds:7.1f} s"
        + (f"  {outcome.reason}" if outcome.reason else "")
        for outcome in outcomes
    ]
    failed = sum(outcome.reason is not None for outcome in outcomes)
    return "\n".join([*lines, f"{len(outcomes) - failed} of {len(outcomes)} scenes done"])
