"""Batch norm with the statistics of valid pixels only; invalid ones are normalised alike, and change no statistics.

Written out with its gradient: left to torch, every term is a pass over the memory of its own, and trainings of scenes
with nodata take twice as long.
"""

from typing import Any

import torch
from torch import Tensor

EPSILON = 1e-5
"""What batch norms add to a variance, as torch's do."""


class _MaskedNorm(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, valid: Tensor, weight: Tensor, bias: Tensor) -> Tensor:  # noqa: ANN401 - torch's
        rows, mask = _rows(x), valid.reshape(-1).to(x.dtype)
        # A lattice may miss the few valid pixels that there are.
        count = mask.sum().clamp(min=1)
        # Products of matrices are what autocast makes coarse, and sums over all pixels bear it least.
        with torch.autocast(x.device.type, enabled=False):
            centred = rows - (mask @ rows) / count
            inverse = torch.rsqrt(mask @ centred.square() / count + EPSILON)
        context.save_for_backward(centred, mask, weight, inverse, count)
        return _like(torch.addcmul(bias, centred, weight * inverse), x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None, Tensor, Tensor]:  # noqa: ANN401 - torch's
        centred, mask, weight, inverse, count = context.saved_tensors
        above, scale = _rows(gradients[0]), weight * inverse
        of_bias = above.sum(0)
        of_weight = (above * centred).sum(0) * inverse
        # What a valid pixel changes by way of mean and variance.
        shared = torch.addcmul(scale * of_bias / count, centred, scale * inverse * of_weight / count)
        of_x = (above * scale).addcmul_(shared, mask[:, None], value=-1)
        return _like(of_x, gradients[0]), None, of_weight, of_bias


def masked_norm(x: Tensor, valid: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Normalise every channel by mean and variance over the valid pixels, and scale and shift it.

    Args:
        x: (n, channels, h, w) float32.
        valid: (n, 1, h, w) bool; without any, the mean is taken for 0.
        weight: (channels,) scale.
        bias: (channels,) shift.
    """
    normed: Tensor = _MaskedNorm.apply(x, valid, weight, bias)  # type: ignore[no-untyped-call]
    return normed


def _rows(x: Tensor) -> Tensor:
    """Return (pixels, channels)."""
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


def _like(rows: Tensor, x: Tensor) -> Tensor:
    """Return rows of pixels in the shape of x."""
    return rows.reshape(x.shape[0], *x.shape[2:], x.shape[1]).permute(0, 3, 1, 2)
