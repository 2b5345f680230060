"""Results of cases, one JSON file each in a folder per scene: what is there is not run again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.comparison.cache import key
from benchmarks.speed.case import Case, Result
from benchmarks.speed.scene import Scene
from pipeline.files import write_json

_RESULT = TypeAdapter(Result)
# Characters of a key.
_KEY = 6


@dataclass(frozen=True)
class Store:
    """A folder of results."""

    folder: Path

    @classmethod
    def of(cls, root: Path, scene: Scene) -> "Store":
        """Name the folder by the scene."""
        known = {"shape": scene.shape, "bytes": scene.path.stat().st_size}
        return cls(root / f"{scene.path.stem}-{key(known)}")

    def load(self, case: Case) -> Result | None:
        """Read the result of a case as it is now; None: there is none."""
        path = self._file(case)
        return _read(path) if path.exists() else None

    def latest(self, case: Case) -> Result | None:
        """Read the result of a case; where there is none of its present state, the newest other one; or None."""
        others = sorted(self.folder.glob(f"{case.name}-{'?' * _KEY}.json"), key=lambda path: path.stat().st_mtime_ns)
        return self.load(case) or (_read(others[-1]) if others else None)

    def save(self, case: Case, result: Result) -> None:
        """Write a result; it replaces one that is there."""
        write_json(self._file(case), asdict(result))

    def save_machine(self, told: Mapping[str, str]) -> None:
        """Keep what machine it was."""
        write_json(self._machine, told)

    def machine(self) -> dict[str, str]:
        """Return what machine it was; empty where nothing was run."""
        return json.loads(self._machine.read_text(encoding="utf-8")) if self._machine.exists() else {}

    @property
    def _machine(self) -> Path:
        return self.folder / "machine.json"

    def _file(self, case: Case) -> Path:
        return self.folder / f"{case.name}-{key({'megapixels': case.megapixels, **case.identity})[:_KEY]}.json"


def _read(path: Path) -> Result:
    return _RESULT.validate_json(path.read_text(encoding="utf-8"))
