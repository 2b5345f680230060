"""What is kept of the course of a training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Course:
    """Loss, number of labels and share of changed pixels at every step, and why the training ended."""

    losses: tuple[float, ...]
    labels: tuple[int, ...]
    changes: tuple[float, ...]
    ended: str
    """"steps", "labels" or "churn"."""

    kept: int
    """The step (from 0) whose state is the result."""
