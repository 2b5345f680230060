"""Trainings that diverge are tried again with other random numbers, the same ones in every run."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from pipeline.errors import TrainingDivergedError

Result = TypeVar("Result")

MOST = 3
"""How often a training is tried; a constant, since results follow from it."""


def until_it_holds(train: Callable[[int], Result], what: object) -> tuple[Result, int]:
    """Train until the loss stays finite.

    Args:
        train: takes the number of the attempt, from 0; raises TrainingDivergedError.
        what: is trained, to begin an error's sentence with.

    Returns:
        What `train` gave, and the number of attempts before that diverged.

    Raises:
        TrainingDivergedError: all diverged.
    """
    for attempt in range(MOST):
        try:
            return train(attempt), attempt
        except TrainingDivergedError as error:
            said = str(error)
    raise TrainingDivergedError(f"{what}: {said}; {MOST} trainings with other random numbers went the same way")


def seed_of(*numbers: int, attempt: int = 0) -> int:
    """Return a seed that follows from some numbers and, from the second attempt on, the attempt."""
    return int(np.random.SeedSequence([*numbers, attempt] if attempt else [*numbers]).generate_state(1)[0])
