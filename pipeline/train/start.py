"""A start that every restart shares: the network first learns given targets.

From random weights the first labels are chance, and so is what they merge to. Targets that are the same for every seed
(`pipeline.train.clusters`) give every response its meaning, and self-training goes on from there.
"""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from torch import Tensor

from pipeline.config import TrainConfig
from pipeline.layer import thin
from pipeline.net import Network
from pipeline.train.frugal import frugally
from pipeline.train.loss import entropy
from pipeline.train.optimizers import Average, adam
from pipeline.train.pool import Batch, Pool

# From 0, every pixel counts the same, to 1, every class does.
_RARITY = 0.5
_PLACES = 1
# After this share of the steps their width stays, at a third of what it was at first, so that weights go on to move
# around what they would come to; their mean over the steps after the other share is there sooner than any of them, and
# follows less from the order of the patches (Polyak and Juditsky 1992; Izmailov et al., UAI 2018).
_STEADY, _AVERAGED = 0.6, 0.5


def learn_targets(
    network: Network,
    pool: Pool,
    config: TrainConfig,
    *,
    seed: int,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Train the network in place on the pool's targets, to the end: half-learnt targets help nothing.

    Args:
        network: has at least as many responses as there are targets.
        pool: patches with targets.
        config: steps and step width of the start.
        seed: order of the patches.
        device: "cpu", "cuda" or "cuda:n".
        on_step: called with the number of steps done.
    """
    if pool.targets is None:
        raise ValueError("learn_targets wants a pool with targets")
    network.to(device).train()
    weight = _weights(pool.targets, network.plan.responses).to(device)
    take_step, average = adam(network.parameters()), Average(network.parameters())
    batches, stride = pool.shuffled(config.start_batch, seed), network.plan.stride
    # Places are another chance than the order of the patches.
    random = np.random.default_rng([seed, _PLACES])
    for step in range(config.start_steps):
        parts = pool.parts(next(batches), config.start_patch, random)
        batch, targets = parts.batch(range(len(parts)), device, stride), thin(parts.targets, stride)
        wanted = cast(Tensor, targets).to(device, torch.int64).reshape(-1) - 1

        def descend(batch: Batch = batch, wanted: Tensor = wanted) -> None:
            network.zero_grad(set_to_none=True)
            responses = network(batch.images, batch.valid)
            flat = responses.permute(0, 2, 3, 1).reshape(-1, responses.shape[1])
            entropy(flat, wanted, weight).backward()  # type: ignore[no-untyped-call]

        frugally(network, descend)
        done = step / config.start_steps
        take_step(config.start_rate * (1 + math.cos(math.pi * min(done, _STEADY))) / 2)
        if done >= _AVERAGED:
            average.add()
        if on_step is not None:
            on_step(step + 1)
    average.take()


def _weights(targets: Tensor, responses: int) -> Tensor:
    """Weigh targets by a power of their rarity: small classes are learnt in few steps too, large ones count more."""
    counts = torch.bincount(targets.flatten().to(torch.int64), minlength=responses + 1)[1 : responses + 1].double()
    return torch.where(counts > 0, counts.clamp(min=1) ** -_RARITY, 0.0).float()
