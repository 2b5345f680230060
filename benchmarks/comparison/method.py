"""What a method is: from an image and a seed to label maps at the wanted numbers of labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison.scenes import Sample, Scene

COUNTS = (16, 8, 4)
"""Numbers of labels that methods are compared at."""


@dataclass(frozen=True)
class Task:
    """One run of a method."""

    scene: Scene
    sample: Sample
    seed: int
    steps: int
    """Most steps of a training on the whole window."""


@dataclass(frozen=True)
class Outcome:
    """A label map, or why there is none."""

    asked: int
    """The number of labels that was wanted."""

    labels: NDArray[np.uint16] | None
    """(h, w), 0 outside."""

    seconds: float
    """Processor time until the map was there."""

    step: int | None = None
    """The step of the training, counted from 0, whose state it is."""

    note: str = ""


@dataclass(frozen=True)
class Method:
    """A way to segment without labels."""

    name: str
    title: str
    """As tables call it."""

    settings: Mapping[str, Any]
    """What results follow from, beside the image and the seed; they name the cache."""

    run: Callable[[Task], list[Outcome]]
    """Gives an outcome for each of COUNTS."""

    cost: float
    """Processor seconds per megapixel of a first guess at the time that is left."""

    seeded: bool = True
    """Whether seeds make a difference."""

    ours: bool = False
    work: float = 0.0
    """Megapixels times steps of a training on the whole window that fit the benchmark's time; 0: it has none."""

    def steps(self, megapixels: float, most: int) -> int:
        """Return how many steps a training on a window may take."""
        return max(min(most, int(self.work / megapixels)), 1)
