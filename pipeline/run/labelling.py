"""What workers do of a scene: its prior, and its tiles."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.cluster import Executor, Stage
from pipeline.events import tell
from pipeline.grid import Tile
from pipeline.jobs import PriorJob, TileJob
from pipeline.meaning import Meaning
from pipeline.raster.scaling import Scaling, measure_scaling
from pipeline.run.ahead import ahead
from pipeline.run.checks import check_values
from pipeline.run.plan import ScenePlan
from pipeline.run.progress import progress
from pipeline.store.record import TileSummary
from pipeline.store.training import PriorSummary, load_prior_summary
from pipeline.tasks import label_tile, presegment_tile, train_prior

_MEGA = 1e6


@dataclass(frozen=True)
class Prepared:
    """What all tiles of a scene are labelled with."""

    scaling: Scaling
    """How pixels are scaled."""

    meaning: Meaning | None
    """Of the classes of the network that labels every tile; None: each has its own, or the scene has no valid pixel."""

    summary: PriorSummary | None
    """How it was trained, if it was."""


def prepare(plan: ScenePlan, executor: Executor) -> Prepared:
    """Measure the scaling and train the prior, unless both are there already."""
    work, config, sources = plan.prior_work, plan.config, plan.trained_over
    if config.prior.file is not None:
        from pipeline.store.prior import load_prior, save_prior

        given = load_prior(config.prior.file)
        values = measure_scaling(sources, config.input, config.seed)
        check_values(config.prior.file, given.meaning, values, plan.scene.path)
        save_prior(work.prior, given)
        return _prepared(given.meaning, None)
    if not config.train.has_prior:
        return Prepared(measure_scaling(sources, config.input, config.seed), None, None)
    summary = load_prior_summary(work, plan.mark)
    if summary is None:
        scaling = measure_scaling(sources, config.input, config.seed)
        work.prior_steps.unlink(missing_ok=True)
        whose = "all scenes" if plan.membership else plan.scene.name
        with progress(whose, "prior", config.train.most_steps, "steps") as advance:
            shown = 0

            def look() -> None:
                nonlocal shown
                if work.prior_steps.exists():
                    steps = int(work.prior_steps.read_text(encoding="utf-8"))
                    advance(steps - shown)
                    shown = steps

            tell("prior begun", scene=plan.scene.name, scenes=len(plan.scenes))
            job = PriorJob(sources, scaling, config, work, plan.mark)
            # From the end: those for which there is no time are then among the first that are labelled, and no worker
            # is left alone with the last ones.
            jobs = _tile_jobs(plan, scaling, None)[::-1]
            with ahead(presegment_tile, jobs, executor, plan.work.root, partial(_tell_ahead, whose)) as begin:

                def waiting() -> None:
                    begin()
                    look()

                summary = executor.call(Stage(train_prior, wants="gpu"), job, work.root, waiting)
        tell(
            "prior",
            scene=plan.scene.name,
            patches=summary.patches,
            classes=summary.classes,
            seconds=summary.seconds,
            attempt=summary.attempt,
        )
    if summary.meaning is None:
        # The scene has no valid pixel; its tiles are nodata, whatever labels them.
        return Prepared(scaling, None, summary)
    return _prepared(summary.meaning, summary)


def _prepared(meaning: Meaning, summary: PriorSummary | None) -> Prepared:
    return Prepared(Scaling(meaning.low, meaning.high), meaning, summary)


def prior_of(plan: ScenePlan, prepared: Prepared) -> Path | None:
    """Return where the network is that labels every tile; None: there is none."""
    return plan.prior_work.prior if prepared.meaning is not None else None


def label(
    plan: ScenePlan, executor: Executor, prepared: Prepared, on_idle: Callable[[Collection[Tile]], None]
) -> list[TileSummary]:
    """Label all tiles, of which workers find some done; return their summaries in raster order.

    Args:
        plan: of the run.
        executor: where.
        prepared: what they are labelled with.
        on_idle: called with the tiles that are labelled, whenever fewer are left than there are workers.
    """
    done: dict[Tile, TileSummary] = {}
    jobs = _tile_jobs(plan, prepared.scaling, prior_of(plan, prepared))
    stages = [Stage(label_tile, wants="gpu")]
    if executor.gpus:
        # The next tiles are pre-segmented by other processes while a GPU works on this one.
        stages.insert(0, Stage(presegment_tile, wants="cpu"))
    with progress(plan.scene.name, "tiles", plan.grid.scene.pixels / _MEGA, "Mpx") as advance:
        for job, summary in executor.map(stages, jobs, plan.work.root):
            done[job.tile] = summary
            advance(job.tile.write.pixels / _MEGA)
            _tell_tile(plan.scene.name, summary)
            if 0 < len(plan.grid) - len(done) < plan.workers:
                on_idle(done)
    return [done[tile] for tile in plan.grid]


def _tile_jobs(plan: ScenePlan, scaling: Scaling, prior: Path | None) -> list[TileJob]:
    return [
        TileJob(
            source=plan.source,
            scaling=scaling,
            tile=tile,
            config=plan.config,
            work=plan.work,
            prior=prior,
            thumbnail_step=plan.thumbnail_step,
            run=plan.mark,
            corner=plan.grid.corner,
        )
        for tile in plan.grid
    ]


def _tell_ahead(scene: str, seconds: Sequence[float]) -> None:
    tell("ahead", scene=scene, tiles=len(seconds), seconds=round(sum(seconds), 3))


def _tell_tile(scene: str, summary: TileSummary) -> None:
    tell(
        "tile found" if summary.found else "tile",
        scene=scene,
        tile=[summary.row, summary.column],
        worker=summary.worker,
        seconds=round(sum(summary.seconds.values()), 3),
        labels=summary.labels,
        attempt=summary.attempt,
    )
