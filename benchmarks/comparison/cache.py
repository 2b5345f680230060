"""Results of earlier runs: one small file per method, scene and seed, and the label maps beside it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from benchmarks.comparison.method import Method
from benchmarks.comparison.scenes import Scene
from benchmarks.comparison.scoring import Marks
from pipeline.files import replacing, write_text


@dataclass(frozen=True)
class Result:
    """What became of one number of labels."""

    asked: int
    seconds: float
    step: int | None
    note: str
    marks: Marks | None


@dataclass(frozen=True)
class Entry:
    """One run of a method."""

    method: str
    group: str
    scene: str
    seed: int
    steps: int
    """Most steps that a training on the whole window was given."""

    results: tuple[Result, ...]

    def serves(self, steps: int) -> bool:
        """Whether more steps than it was given, up to these, would change nothing."""
        return self.steps >= steps or not any(result.note.startswith("not reached within") for result in self.results)


def key(settings: Mapping[str, Any]) -> str:
    """Return a short name for settings: equal ones have the same, whatever their order."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:10]


@dataclass(frozen=True)
class Cache:
    """A folder of results: a folder per method, in it one per state of its settings."""

    folder: Path

    def load(self, method: Method, scene: Scene, seed: int, state: str | None = None) -> Entry | None:
        """Read a run's results; None where there are none.

        Args:
            method: whose.
            scene: of what.
            seed: of the run.
            state: key of other settings than the method has now.
        """
        try:
            text = self._file(method, scene, seed, "json", state).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return TypeAdapter(Entry).validate_json(text)

    def save(self, method: Method, scene: Scene, entry: Entry, maps: Mapping[int, NDArray[np.uint16]]) -> None:
        """Write a run's results and its maps by number of labels; what is there is replaced."""
        arrays: dict[str, Any] = {str(asked): labels for asked, labels in maps.items()}
        with replacing(self._file(method, scene, entry.seed, "npz")) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)
        write_text(self._file(method, scene, entry.seed, "json"), json.dumps(asdict(entry)))

    def maps(self, method: Method, scene: Scene, seed: int, state: str | None = None) -> dict[int, NDArray[np.uint16]]:
        """Read the maps of a run by number of labels; empty where there are none."""
        path = self._file(method, scene, seed, "npz", state)
        if not path.exists():
            return {}
        with np.load(path) as arrays:
            return {int(name): arrays[name] for name in arrays.files}

    def latest(self, method: Method) -> str | None:
        """Return the key of the settings that a method has results of: those it has now, else the newest; or None."""
        if (self.folder / method.name / key(method.settings)).is_dir():
            return key(method.settings)
        others = sorted((self.folder / method.name).glob("*/"), key=lambda path: path.stat().st_mtime_ns)
        return others[-1].name if others else None

    def _file(self, method: Method, scene: Scene, seed: int, suffix: str, state: str | None = None) -> Path:
        where = key({"window": asdict(scene.window), "size": scene.image.stat().st_size})[:4]
        name = f"{scene.group}_{scene.name}_{where}_s{seed}.{suffix}"
        return self.folder / method.name / (state or key(method.settings)) / name
