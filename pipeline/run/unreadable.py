"""Which of several scenes are damaged, when one of them has stopped a run."""

from collections.abc import Iterable

from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.source import read
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
