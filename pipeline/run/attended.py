"""A scene's run with all that stands around it: lock, log, and what earlier runs have left."""

import shutil
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.cluster import Executor
from pipeline.errors import AerialsegError, StoppedError
from pipeline.events import logged_to, tell
from pipeline.files import sweep
from pipeline.run.completed import STAGE, check_replaced
from pipeline.run.lock import beside, locked
from pipeline.run.plan import ScenePlan
from pipeline.run.scene import Steps, scene_steps

LOG = "run.log"
"""Name of the file in a scene's folder, to which every run appends."""


def attend(plan: ScenePlan, executor: Executor, *, fresh: bool) -> Steps:
    """Segment a scene step by step, alone in its folder, with a log of what happens.

    From the first step to the last, or to an error that is thrown in, nobody else may be at its folder.

    Args:
        plan: what to do.
        executor: where tasks run.
        fresh: what an interrupted run has left is not gone on from; records that scenes share stay.

    Raises:
        AerialsegError: as `segment_scene`; or another run is at it.
        StoppedError: the run is to stop.
    """
    with ExitStack() as stack:
        stack.enter_context(locked(plan.out))
        if plan.membership is None and plan.work.root.parent != plan.out:
            # Named by --work, it may be another run's that has another --out.
            stack.enter_context(locked(*beside(plan.work.root)))
        if not fresh:
            check_replaced(plan)
        stack.enter_context(logged_to(plan.out / LOG, plan.scene.name))
        stack.enter_context(_told(plan))
        _tidy(plan, fresh=fresh and plan.membership is None)
        result = yield from scene_steps(plan, executor)
        if not plan.keep_work:
            for work in plan.out.glob(".work-*"):
                shutil.rmtree(work, ignore_errors=True)
        return result


def _tidy(plan: ScenePlan, *, fresh: bool) -> None:
    if fresh:
        shutil.rmtree(plan.work.root, ignore_errors=True)
    sweep(plan.out)
    if plan.membership is None:
        # What scenes share is swept before the first of them: another one may be writing there now.
        sweep_work(plan.work.root)
    # Of a relabelling that was killed.
    shutil.rmtree(plan.out / STAGE, ignore_errors=True)


def sweep_work(root: Path) -> None:
    """Remove the temporary files that killed processes have left in a work directory; nobody may be writing there."""
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        sweep(folder)


@contextmanager
def _told(plan: ScenePlan) -> Iterator[None]:
    scene = plan.scene.name
    tell(
        "begun",
        scene=scene,
        path=plan.scene.path,
        work=str(plan.work.root),
        tiles=len(plan.grid),
        fingerprint=plan.fingerprint,
    )
    try:
        yield
    except AerialsegError as error:
        tell("failed", scene=scene, reason=str(error))
        raise
    except (StoppedError, KeyboardInterrupt, SystemExit):
        tell("interrupted", scene=scene)
        raise
    except Exception:
        tell("bug", scene=scene, traceback=traceback.format_exc())
        raise
    tell("done", scene=scene)


def log_of(plan: ScenePlan) -> Path:
    """Return where a scene's log is."""
    return plan.out / LOG
