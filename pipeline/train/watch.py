"""What is recorded of a training at every step, and when to stop."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipeline.config import TrainConfig


@dataclass
class Watch:
    """Labels of every patch at its last visit: counts and changes hold for the whole pool, not for one batch."""

    config: TrainConfig
    patches: int
    responses: int
    losses: list[float] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._histogram = torch.zeros((self.patches, self.responses), dtype=torch.int64)
        self._seen: dict[int, Tensor] = {}
        self._changed = torch.ones(self.patches, dtype=torch.float64)

    def record(self, loss: float, indices: Tensor, labels: Tensor, valid: Tensor | None) -> None:
        """Take in one step: labels (n, h, w) of the patches `indices`, after the vote."""
        # The least integer that holds every label: the labels of all patches are kept.
        small = labels.to(torch.uint8 if self.responses <= 256 else torch.int16).cpu()  # noqa: PLR2004 - uint8
        for place, index in enumerate(indices.tolist()):
            now = small[place] if valid is None else small[place][valid[place, 0].cpu()]
            now = now.flatten()
            self._histogram[index] = torch.bincount(now.to(torch.int64), minlength=self.responses)
            before = self._seen.get(index)
            if before is not None:
                # The lattice of responses may miss the few valid pixels that there are.
                self._changed[index] = (before != now).double().mean() if len(now) else 0.0
            self._seen[index] = now
        self.losses.append(loss)
        self.labels.append(self._count())
        self.changes.append(float(self._changed.mean()))

    def verdict(self) -> str | None:
        """Say why the training should end now: "labels", "churn", or None."""
        if len(self._seen) < self.patches:
            return None
        if self.labels[-1] <= self.config.min_labels:
            return "labels"
        return "churn" if self.changes[-1] < self.config.churn else None

    def _count(self) -> int:
        area = self._histogram.sum(0)
        return int((area > self.config.label_share * int(area.sum())).sum())
