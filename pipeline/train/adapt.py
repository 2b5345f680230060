"""A tile trains on from the prior, and its labels stay the prior's classes.

Two things go wrong in a self-training of a few steps, and both are mended here. Responses change places: they are put
back one to one, by where the prior saw them. Classes merge away: an earlier state is kept, in which all are there.
"""

import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import TrainConfig
from pipeline.context import widen
from pipeline.course import Course
from pipeline.errors import TrainingDivergedError
from pipeline.net import Network
from pipeline.train.carry import Carried
from pipeline.train.fit import fit
from pipeline.train.pool import Pool, crop_pool
from pipeline.train.regions import vote
from pipeline.train.strongest import strongest

# A tile's training has no label count to reach and no churn to fall to; it takes all its steps.
_UNTIL_THE_LAST_STEP = {"min_labels": 0, "keep_labels": False, "churn": 0.0}
# Patches of a small tile lie over one another; more than cover it so many times add nothing but time.
_COVER = 2


@dataclass(frozen=True)
class Adaptation:
    """A tile's labels in the prior's classes, and how the training went."""

    labels: NDArray[np.uint16]
    """(h, w), 0 outside; class k is the prior's response k, counted from 1."""

    course: Course | None
    """None: the tile has too few valid pixels to train on, and the labels are the prior's. `ended` is "classes" where
    an earlier state than the last one is `kept`."""

    changed: float
    """Share of the valid pixels whose segment has another class than the prior's labels give it."""


def adapt(
    prior: Network,
    image: NDArray[np.float32],
    segments: NDArray[np.int32],
    config: TrainConfig,
    *,
    seed: int,
    device: str = "cpu",
    place: tuple[int, int] = (0, 0),
) -> Adaptation:
    """Train a copy of a frozen network on random patches of one tile, and label the tile with it.

    No class that the prior gives at least `config.adapt_share` of the tile vanishes: the last state of the training
    that has them all is kept, and the first state is the prior itself.

    Args:
        prior: frozen, on `device`; it is left as it is.
        image: (bands, h, w) float32 of the tile and its halo, which neighbours train on too; 0 outside.
        segments: (h, w) int32 pre-segments, 1..n, 0 outside.
        config: steps and step width of the adaptation, optimiser, patches.
        seed: choice and order of the patches.
        device: "cpu", "cuda" or "cuda:n".
        place: row and column of the image's first pixel in the scene.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
    """
    valid = segments > 0
    inputs = widen(image, valid, prior.plan.context)
    own = strongest(prior, inputs, valid, device, place)
    count = int(np.count_nonzero(valid))
    if count < config.patch**2:
        return Adaptation(own, None, 0.0)
    network = copy.deepcopy(prior)
    patches = min(config.patches, config.batch * config.adapt_steps, _COVER * -(-count // config.patch**2))
    pool = crop_pool(inputs, segments, config.patch, patches, seed)
    statistics = Carried.begin(network, pool, batch=config.batch, device=device)
    states, course = _train(network, pool, config, seed=seed, device=device)
    before = vote(own, segments, config)[valid]
    area = np.bincount(before, minlength=prior.plan.responses + 1)
    needed = (area > 0) & (area >= config.adapt_share * count)
    for kept in range(len(states) - 1, 0, -1):
        network.load_state_dict(states[kept])
        statistics.freeze(network)
        labels = strongest(network, inputs, valid, device, place)
        labels[valid] = match_classes(labels[valid] - 1, own[valid] - 1, prior.plan.responses)[labels[valid] - 1] + 1
        after = vote(labels, segments, config)[valid]
        if np.all(np.bincount(after, minlength=prior.plan.responses + 1)[needed] > 0):
            return Adaptation(labels, _cut(course, kept), float(np.mean(after != before)))
    return Adaptation(own, _cut(course, 0), 0.0)


def match_classes(after: NDArray[np.integer], before: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Match labels with classes one to one so that most pixels keep their class (Hungarian method).

    Args:
        after: (n,) labels, 0 to count - 1.
        before: (n,) classes of the same pixels, 0 to count - 1.
        count: number of labels, and of classes.

    Returns:
        (count,) int64: the class of each label, a permutation. Where it makes no difference, a label keeps its number.
    """
    agreement = np.bincount(after.astype(np.int64) * count + before, minlength=count**2).reshape(count, count)
    # Whole numbers, so that a preference of less than a pixel decides between equals and nothing else.
    preference = (count + 1) * agreement + np.eye(count, dtype=np.int64)
    # A fifth of a second to import, and most runs do without.
    from scipy.optimize import linear_sum_assignment

    chosen: NDArray[np.int64] = linear_sum_assignment(preference, maximize=True)[1]
    return chosen


def _train(
    network: Network, pool: Pool, config: TrainConfig, *, seed: int, device: str
) -> tuple[list[dict[str, Any]], Course]:
    """Train in place; return the state whose labels were counted at each step, the prior's first, and the course."""
    states: list[dict[str, Any]] = []
    steps = {"steps": config.adapt_steps, "learning_rate": config.adapt_rate}

    def keep(_steps: int) -> None:
        states.append(copy.deepcopy(network.state_dict()))

    try:
        course = fit(
            network,
            pool,
            config.model_copy(update=_UNTIL_THE_LAST_STEP | steps),
            seed=seed,
            device=device,
            on_step=keep,
        )
    except TrainingDivergedError:
        raise TrainingDivergedError(
            f"the loss of a tile is no longer finite; lower train.adapt_rate (now {config.adapt_rate})"
        ) from None
    return states, course


def _cut(course: Course, kept: int) -> Course:
    return course if kept == course.kept else replace(course, kept=kept, ended="classes")
