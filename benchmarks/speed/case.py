"""What is measured: one command on one size of the scene, a few times."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.speed.figures import Figures, Load
from benchmarks.speed.scene import Scene


@dataclass(frozen=True)
class Bench:
    """Where and on what cases run."""

    scene: Scene
    scratch: Path
    """A folder for files that are needed for a while."""

    settings: tuple[str, ...] = ()
    """Of ours, beside the defaults."""


Details = dict[str, Any]
"""What a run tells of itself, for JSON."""


@dataclass(frozen=True)
class Case:
    """One row of a table."""

    name: str
    """Names its file in the cache."""

    title: str
    megapixels: float
    run: Callable[[Bench], tuple[Figures, Details]] = field(compare=False)
    identity: Mapping[str, Any] = field(default_factory=dict)
    """What its figures follow from beside the scene: settings, versions."""

    seconds: float = 1.0
    """Rough wall time of a run, for the outlook."""

    runs: int = 1
    lacks: str = ""
    """Why it cannot be run here."""


@dataclass(frozen=True)
class Result:
    """What became of a case."""

    name: str
    began: float
    """Seconds since 1970."""

    ended: float
    runs: tuple[Figures, ...]
    loads: tuple[Load, ...]
    """Before each run."""

    details: tuple[Details, ...]
    identity: Mapping[str, Any]
    """See `Case`."""

    @property
    def wall(self) -> float:
        """Median of the wall seconds."""
        return median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median of the CPU seconds."""
        return median(run.cpu for run in self.runs)

    @property
    def memory(self) -> float:
        """Median of the peaks, in GB."""
        return median(run.memory for run in self.runs)

    @property
    def middle(self) -> Details:
        """What the run of median wall time told; of an even number the slower of the two in the middle."""
        order = sorted(range(len(self.runs)), key=lambda index: self.runs[index].wall)
        return self.details[order[len(order) // 2]]
