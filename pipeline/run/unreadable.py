"""Which of several scenes are damaged, when one of them has stopped a run."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.source import read
from pipeline.run.attended import LOG
from pipeline.run.plan import ScenePlan

# Side of the windows that a scene is read in, in pixels.
_SIDE = 2048


def find_unreadable(plans: Sequence[ScenePlan]) -> dict[str, InputError]:
    """Read every scene from end to end; return those that fail, by name, with what is wrong.

    A file that is not there any more, or all of them failing, tells of a disk or a server, not of the files: then
    nothing is returned, and what was done with them stays.
    """
    found = {}
    for plan in plans:
        source = plan.source.alone
        try:
            for tile in Grid(source.spec.shape, _SIDE, 0):
                read(source, tile.write)
        except InputError as error:
            if Path(source.path).is_file():
                found[plan.scene.name] = error
    return found if len(found) < len(plans) else {}


def clear_beginnings(plan: ScenePlan) -> None:
    """Remove what a scene's failed run has left, where nothing came of it: no prior, no tile, no results."""
    work = plan.work
    if plan.keep_work or work.prior.exists() or any(work.root.glob("tiles/*.zip")):
        return
    shutil.rmtree(work.root, ignore_errors=True)
    with suppress(OSError):
        if {path.name for path in plan.out.iterdir()} == {LOG}:
            shutil.rmtree(plan.out, ignore_errors=True)
