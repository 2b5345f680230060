"""The published trainings: on the whole window, from random weights, one for all numbers of labels."""

import time
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.comparison.method import COUNTS, Outcome, Task
from pipeline.config import Config
from pipeline.context import widen
from pipeline.errors import TrainingDivergedError
from pipeline.net import build
from pipeline.presegment import presegment
from pipeline.train import crop_pool
from pipeline.train.device import arithmetic
from pipeline.train.fit import fit

MOST_STEPS = 256
"""Steps of a training at most."""


@dataclass
class Snapshots:
    """The last labels of a training that were at least so many, for several numbers at once; all labels count."""

    valid: NDArray[np.bool_]
    """(h, w)."""

    started: float
    """Processor time when the method began."""

    counts: list[int] = field(default_factory=list)
    """Labels at every step."""

    kept: dict[int, tuple[int, NDArray[np.uint16], float]] = field(default_factory=dict)
    """Step, labels (h, w) and seconds for a number of labels."""

    def take(self, step: int, labels: Tensor) -> None:
        """Look at the labels (1, h, w) of a step."""
        found = (labels[0].cpu().numpy() + 1).astype(np.uint16)
        found[~self.valid] = 0
        count = int(np.count_nonzero(np.bincount(found.ravel())[1:]))
        self.counts.append(count)
        for asked in COUNTS:
            if count >= asked:
                self.kept[asked] = step, found, time.process_time() - self.started

    def outcomes(self, reason: str) -> list[Outcome]:
        """Return the map for each number of labels; `reason` is why the training ended."""
        return [self._outcome(asked, reason) for asked in COUNTS]

    def _outcome(self, asked: int, reason: str) -> Outcome:
        if asked not in self.kept:
            seconds = time.process_time() - self.started
            return Outcome(asked, None, seconds, note=f"never had {asked} labels")
        step, labels, seconds = self.kept[asked]
        # A number that labels jump over is reached: its map is the last one before the jump.
        if min(self.counts) > asked:
            note = f"not reached within {len(self.counts)} steps{reason}: {self.counts[-1]} labels left"
            return Outcome(asked, None, time.process_time() - self.started, note=note)
        return Outcome(asked, labels, seconds, step)


def train_published(task: Task, config: Config) -> list[Outcome]:
    """Train as a configuration tells, but for `task.steps` steps at most, and keep the states that are wanted."""
    started = time.process_time()
    sample, train = task.sample, config.train.model_copy(update={"steps": task.steps})
    segments = sample.valid.astype(np.int32)
    if train.loss == "segments":
        segments = presegment(sample.image, sample.valid, config.presegment)
    snapshots, reason = Snapshots(sample.valid, started), ""
    network = build(config.network, len(sample.image), seed=task.seed)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    with arithmetic(1):
        inputs = widen(sample.image, sample.valid, network.plan.context)
        pool = crop_pool(inputs, segments, 0, 1, task.seed)
        try:
            fit(network, pool, train, seed=task.seed, on_labels=snapshots.take)
        except TrainingDivergedError:
            reason = ", where the loss was no longer a number"
    return snapshots.outcomes(reason)
