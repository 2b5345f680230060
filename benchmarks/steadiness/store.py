"""Results of single runs, one JSON file each: what is there is not run again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.comparison.cache import key
from pipeline.files import write_text


@dataclass(frozen=True)
class Store:
    """A folder for the runs of one state of the program and its settings."""

    folder: Path

    @classmethod
    def of(cls, root: Path, settings: Mapping[str, Any]) -> "Store":
        """Name the folder by what all of its results follow from."""
        return cls(root / key(settings))

    def once(self, image: Path, run: str, make: Callable[[], Mapping[str, Any]]) -> None:
        """Make a run's result unless it is there."""
        path = self._place(image) / f"{run}.json"
        if not path.exists():
            write_text(path, json.dumps({"image": image.stem, "run": run, **make()}) + "\n")
            print(f"{image.stem} {run}", flush=True)

    def beside(self, image: Path, name: str) -> Path:
        """Return where a file that belongs to an image's runs has its place."""
        return self._place(image) / name

    def all(self) -> list[dict[str, Any]]:
        """Read every result, in the order of their files' names."""
        return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*/*.json"))]

    def _place(self, image: Path) -> Path:
        # Images of one name in two folders are two images.
        return self.folder / f"{image.stem}-{key({'path': str(image.resolve())})[:4]}"
