"""What scenes with a common work directory leave in it, and for how long."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.files import write_text
from pipeline.run.plan import ScenePlan
from pipeline.run.shared import DatasetPlan


class Remains:
    """Marks of the scenes that are done, and records until no scene needs them any more.

    Scenes that have nothing in common leave nothing here.
    """

    def __init__(self, dataset: DatasetPlan, *, keep: bool) -> None:
        """Look at a data set; `keep`: nothing is removed."""
        self._root, self._keep = dataset.work, keep
        plans = dataset.plans if dataset.work else ()
        self._needed = Counter((plan.work.root, tile.name) for plan in plans for tile in plan.grid)

    def outputs(self, plan: ScenePlan) -> tuple[Path, ...] | None:
        """Return what a scene's run has written, if it came to its end before the data set's broke off."""
        if self._root is None:
            return None
        try:
            outputs = tuple(map(Path, json.loads(_mark(self._root, plan).read_text(encoding="utf-8"))))
            manifest = json.loads((plan.out / "manifest.json").read_text(encoding="utf-8"))
            same = (manifest["fingerprint"], manifest["config"]) == (
                plan.fingerprint,
                plan.config.model_dump(mode="json"),
            )
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return outputs if same and all(path.exists() for path in outputs) else None

    def settle(self, plan: ScenePlan, outputs: Sequence[Path]) -> None:
        """Note that a scene is done, and remove the records that it was the last to need."""
        if self._root is None:
            return
        write_text(_mark(self._root, plan), json.dumps([str(path) for path in outputs]))
        for tile in plan.grid:
            self._needed[plan.work.root, tile.name] -= 1
            if not self._needed[plan.work.root, tile.name] and not self._keep:
                plan.work.record(tile).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all, since nothing will go on from it."""
        if self._root is not None and not self._keep:
            shutil.rmtree(self._root, ignore_errors=True)


def _mark(root: Path, plan: ScenePlan) -> Path:
    return root / "done" / f"{plan.scene.name}.json"
