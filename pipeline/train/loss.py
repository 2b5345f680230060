"""What a training step makes smaller, and the labels that it leads to."""

import torch
from torch import Tensor
from torch.nn import functional

from pipeline.config import TrainConfig
from pipeline.train.pool import Batch
from pipeline.train.vote import tally, winners


def label_loss(responses: Tensor, batch: Batch, config: TrainConfig) -> tuple[Tensor, Tensor]:
    """Return the loss of one step and the labels that were its targets.

    "segments" (Kanezaki, ICASSP 2018): cross-entropy against the majority label of each pre-segment. "continuity"
    (Kim, Kanezaki and Tanaka, IEEE TIP 2020): cross-entropy against each pixel's own strongest response, and the L1
    differences of the responses of neighbouring pixels, each term with its weight.

    Args:
        responses: (n, K, h, w) float32, as the network's last batch norm gave them.
        batch: the patches they belong to.
        config: the loss and its weights.

    Returns:
        A scalar, and (n, h, w) int64: 0 to K - 1, of no meaning outside.
    """
    labels = responses.detach().argmax(1)
    if config.loss == "segments":
        labels = _vote(labels, batch, responses.shape[1])
    # Rows of pixels instead of planes: the loss over planes has no deterministic form on a GPU.
    flat, wanted = responses.permute(0, 2, 3, 1).reshape(-1, responses.shape[1]), labels.reshape(-1)
    if batch.inside is not None:
        wanted = wanted.masked_fill(~batch.inside.reshape(-1), -1)
    similarity = entropy(flat, wanted)
    if config.loss == "segments":
        return similarity, labels
    return config.similarity * similarity + config.continuity * roughness(responses, batch.inside), labels


def entropy(responses: Tensor, wanted: Tensor, weight: Tensor | None = None) -> Tensor:
    """Return the mean cross-entropy of responses (n, K) against labels (n,), weighted by label; 0 of no pixels.

    Pixels of label -1 do not count.
    """
    shares = (wanted >= 0).to(responses.dtype)
    if weight is not None:
        shares = shares * weight[wanted.clamp(min=0)]
    # The lattice of responses may miss the few valid pixels that a batch has; to look would be to wait for a GPU.
    total = functional.cross_entropy(responses, wanted, weight, ignore_index=-1, reduction="sum")
    return total / shares.sum().clamp(min=torch.finfo(shares.dtype).tiny)


def roughness(responses: Tensor, valid: Tensor | None) -> Tensor:
    """Return how much responses differ from pixel to pixel: a mean over vertical and one over horizontal neighbours.

    Args:
        responses: (n, K, h, w).
        valid: (n, 1, h, w) bool; pairs with a pixel outside do not count. None: every pixel is valid.

    Returns:
        A scalar: the sum of the two means of absolute differences; 0 for a direction without neighbours.
    """
    total = responses.new_zeros(())
    for axis in (2, 3):
        length = responses.shape[axis] - 1
        steps = (responses.narrow(axis, 1, length) - responses.narrow(axis, 0, length)).abs()
        if valid is None:
            total = total + steps.sum() / max(steps.numel(), 1)
            continue
        both = valid.narrow(axis, 1, length) & valid.narrow(axis, 0, length)
        total = total + (steps * both).sum() / (both.sum() * responses.shape[1]).clamp(min=1)
    return total


def _vote(labels: Tensor, batch: Batch, label_count: int) -> Tensor:
    """Give every segment the majority label of its pixels."""
    if batch.inside is None:
        segments = batch.segments.reshape(-1) - 1
        chosen = winners(tally(labels.reshape(-1), segments, (batch.segment_count, label_count)))[segments]
        return chosen.reshape(labels.shape)
    inside = batch.inside[:, 0]
    segments = batch.segments[inside] - 1
    voted = torch.zeros_like(labels)
    voted[inside] = winners(tally(labels[inside], segments, (batch.segment_count, label_count)))[segments]
    return voted
