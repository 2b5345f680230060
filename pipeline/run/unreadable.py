"""Which of several scenes are damaged, when one of them has stopped a run."""

import shutil
from collections.abc import Iterable

from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.source import read
from pipeline.run.attended import LOG
from pipeline.run.plan import ScenePlan

# Side of the windows that a scene is read in, in pixels.
_SIDE = 2048


def find_unreadable(plans: Iterable[ScenePlan]) -> dict[str, InputError]:
    """Read every scene from end to end; return those that fail, by name, with what is wrong."""
    found = {}
    for plan in plans:
        source = plan.source.alone
        try:
            for tile in Grid(source.spec.shape, _SIDE, 0):
                read(source, tile.write)
        except InputError as error:
            found[plan.scene.name] = error
    return found


def clear_unreadable(plan: ScenePlan) -> None:
    """Remove what a scene's failed run has left, if the scene is damaged: no run will ever go on from it."""
    if plan.keep_work or not find_unreadable([plan]):
        return
    shutil.rmtree(plan.work.root, ignore_errors=True)
    if {path.name for path in plan.out.iterdir()} == {LOG}:
        # There are no results of another time, either.
        shutil.rmtree(plan.out, ignore_errors=True)
