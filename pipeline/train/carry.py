"""Batch-norm statistics of a network that trains on in a part of its sample only.

Kept as they were, they no longer belong to the weights, and within a few steps one response takes everything. Those of
the part alone belong to the weights, but move every response at once: a tenth to a fifth of the pixels of a tile change
their label before any training. So the old ones are carried along by as much as training moves those of the part.
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from pipeline.layer import BatchNorm
from pipeline.net import Network
from pipeline.train.freeze import freeze
from pipeline.train.pool import Pool

# As in the batch norm: a channel that was constant has no ratio.
_EPSILON = 1e-5


@dataclass(frozen=True)
class Carried:
    """What a network's statistics were before it trains on: those it was frozen with, and those of the part."""

    pool: Pool
    batch: int
    device: str
    frozen: list[tuple[Tensor, Tensor]]
    """Mean and variance of every batch norm."""

    part: list[tuple[Tensor, Tensor]]

    @classmethod
    def begin(cls, network: Network, pool: Pool, *, batch: int, device: str) -> Self:
        """Note the statistics of a frozen network, and freeze it with those of the pool that it is to train on."""
        frozen = _statistics(network)
        freeze(network, pool, batch=batch, device=device)
        return cls(pool, batch, device, frozen, _statistics(network))

    @torch.no_grad()
    def freeze(self, network: Network) -> None:
        """Freeze the network after training: the old means and variances, moved as those of the pool have moved.

        Without training these are the old ones.
        """
        freeze(network, self.pool, batch=self.batch, device=self.device)
        for norm, frozen, part in zip(_norms(network), self.frozen, self.part, strict=True):
            norm.mean += frozen[0] - part[0]
            norm.variance.copy_((norm.variance + _EPSILON) / (part[1] + _EPSILON) * frozen[1])


def _norms(network: Network) -> list[BatchNorm]:
    return [module for module in network.modules() if isinstance(module, BatchNorm)]


def _statistics(network: Network) -> list[tuple[Tensor, Tensor]]:
    return [(norm.mean.clone(), norm.variance.clone()) for norm in _norms(network)]
