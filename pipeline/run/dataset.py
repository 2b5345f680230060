"""Many scenes in one run: one cluster, one scene after the other, and a bad one does not stop the rest."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config import Config
from pipeline.errors import AerialsegError
from pipeline.run.describe import describe_workers
from pipeline.run.plan import Options, ScenePlan, plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What became of one scene."""

    scene: Scene
    outputs: tuple[Path, ...]
    seconds: float
    reason: str | None
    """Why it failed; None: it did not."""


def segment_scenes(scenes: Sequence[Scene], config: Config, options: Options, say: Say) -> list[Outcome]:
    """Plan all scenes, then segment those that can be; `say` takes one line at a time.

    Raises:
        AerialsegError: there is one scene alone, and it failed.
    """
    outcomes: dict[str, Outcome] = {}
    plans: list[ScenePlan] = []
    found = versions()
    for scene in scenes:
        try:
            plans.append(plan_scene(scene, config, options, found))
        except AerialsegError as error:
            outcomes[scene.name] = _failure(scene, error, 0.0, alone=len(scenes) == 1)
            say(f"{scene.name}: {error}")
    if plans:
        with open_cluster(config.cluster, max(plan.workers for plan in plans)) as executor:
            for plan in plans:
                started = time.perf_counter()
                say(_announce(plan))
                try:
                    result = segment_scene(plan, executor)
                except AerialsegError as error:
                    seconds = time.perf_counter() - started
                    outcomes[plan.scene.name] = _failure(plan.scene, error, seconds, alone=len(scenes) == 1)
                    say(f"{plan.scene.name}: {error}")
                    continue
                seconds = time.perf_counter() - started
                outcomes[plan.scene.name] = Outcome(plan.scene, result.outputs, seconds, None)
                rate = plan.grid.scene.pixels / 1e6 / seconds
                say(f"{plan.scene.name}: {result.classes} classes in {seconds:.0f} s ({rate:.2f} Mpx/s)")
    if len(scenes) > 1:
        say(_table([outcomes[scene.name] for scene in scenes]))
    return [outcomes[scene.name] for scene in scenes]


def _failure(scene: Scene, error: AerialsegError, seconds: float, *, alone: bool) -> Outcome:
    if alone:
        raise error
    return Outcome(scene, (), seconds, str(error))


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
