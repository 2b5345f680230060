"""What scenes with a common work directory leave in it, and for how long."""

import shutil
from collections import Counter
from contextlib import suppress

from pipeline.run.plan import ScenePlan
from pipeline.run.shared import DatasetPlan


class Remains:
    """Records that scenes have in common, until none needs them any more.

    Scenes that have nothing in common leave nothing here.
    """

    def __init__(self, dataset: DatasetPlan, *, keep: bool) -> None:
        """Look at a data set; `keep`: nothing is removed."""
        self._root, self._keep = dataset.work, keep
        plans = dataset.plans if dataset.work else ()
        self._needed = Counter((plan.work.root, tile.name) for plan in plans for tile in plan.grid)

    def settle(self, plan: ScenePlan) -> None:
        """Remove the records that a scene, which is done, was the last to need."""
        if self._root is None:
            return
        for tile in plan.grid:
            self._needed[plan.work.root, tile.name] -= 1
            if not self._needed[plan.work.root, tile.name] and not self._keep:
                with suppress(OSError):
                    plan.work.record(tile).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all, since nothing will go on from it."""
        if self._root is not None and not self._keep:
            shutil.rmtree(self._root, ignore_errors=True)
