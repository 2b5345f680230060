"""Unsupervised segmentation by backpropagation: image and segments in, labels out. Pure torch and numpy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.config import LevelsConfig, NetworkConfig, TrainConfig
from pipeline.context import widen
from pipeline.course import Course
from pipeline.net import Network, build
from pipeline.segmented import Segmented
from pipeline.train.adapt import Adaptation, adapt
from pipeline.train.clusters import Clusters, find_clusters
from pipeline.train.fit import fit
from pipeline.train.freeze import freeze
from pipeline.train.infer import infer
from pipeline.train.pool import Pool, crop_pool, make_pool
from pipeline.train.start import learn_targets

__all__ = [
    "Adaptation",
    "Clusters",
    "Pool",
    "Segmentation",
    "adapt",
    "crop_pool",
    "find_clusters",
    "infer",
    "make_pool",
    "segment",
    "train_network",
]


@dataclass(frozen=True)
class Segmentation:
    """Pixel labels (h, w) uint16, 0 outside and responses counted from 1, and how the training went."""

    labels: NDArray[np.uint16]
    course: Course


def segment(
    image: NDArray[np.float32],
    segments: NDArray[np.int32],
    train: TrainConfig,
    network: NetworkConfig,
    *,
    levels: LevelsConfig | None = None,
    seed: int = 0,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
) -> Segmentation:
    """Train a network on one image alone and label it with it (Kanezaki, ICASSP 2018).

    Args:
        image: (bands, h, w) float32, scaled to about 0..1, 0 outside.
        segments: (h, w) int32 pre-segments, 1..n, 0 outside; at least one pixel is inside.
        train: optimiser, steps, patches (patch = 0: the whole image at every step).
        network: kind and widths.
        levels: what merges first where the start is from clusters; None: the defaults.
        seed: weights and choice of patches.
        device: "cpu", "cuda" or "cuda:n".
        on_step: called with the number of steps done.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
    """
    net = build(network, image.shape[0], seed=seed)
    targets = None
    if train.start == "clusters":
        whole = Segmented(image, segments)
        targets = find_clusters([whole], train, levels or LevelsConfig(), net.plan.responses).assign(whole)
    inputs = widen(image, segments > 0, net.plan.context)
    pool = crop_pool(inputs, segments, train.patch, train.patches, seed, targets=targets)
    course = train_network(net, pool, train, seed=seed, device=device, on_step=on_step)
    return Segmentation(infer(net, image, segments > 0, device), course)


def train_network(
    network: Network,
    pool: Pool,
    config: TrainConfig,
    *,
    seed: int,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
) -> Course:
    """Train a network in place on a pool of patches, from its start to the frozen state.

    Args:
        network: as `build` made it.
        pool: patches with their pre-segments and, to start from clusters, targets.
        config: start, optimiser, steps.
        seed: order of the patches.
        device: "cpu", "cuda" or "cuda:n".
        on_step: called with the number of steps done, `config.most_steps` in all at most.

    Raises:
        TrainingDivergedError: the loss is no longer finite.
    """
    # A third less time on CPUs than planes, and the rows of pixels that the loss wants are there without a copy.
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    report = on_step or (lambda _steps: None)
    before = config.most_steps - config.steps
    if config.start == "clusters":
        learn_targets(network, pool, config, seed=seed, device=device, on_step=report)
    course = fit(network, pool, config, seed=seed, device=device, on_step=lambda steps: report(before + steps))
    freeze(network, pool, batch=config.batch, device=device)
    return course
