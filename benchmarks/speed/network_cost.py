"""Operations and bytes of a pixel's way through the network, counted from its layers."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from pipeline.config import Config
from pipeline.layer import Layer
from pipeline.net import build

_SIDE = 64
_FLOAT = 4


@dataclass(frozen=True)
class Cost:
    """Of one pixel of the image, forward once."""

    flops: float
    """Multiplications and additions of the convolutions."""

    bytes: float
    """What layers read and write in float32 when each convolution and ReLU passes over memory by itself."""


def network_cost(config: Config, bands: int = 3) -> Cost:
    """Count on an image of noise, layer by layer, so that strides and widths are those of the code."""
    network = build(config.network, bands, seed=0, responses=config.train.start_classes).eval()
    pixels, flops, moved = _SIDE * _SIDE, 0, 0

    def count(layer: nn.Module, inputs: tuple[Any, ...], output: torch.Tensor) -> None:
        nonlocal flops, moved
        if not isinstance(layer, Layer):
            raise TypeError(f"{layer} is no layer")
        # A frozen layer is a convolution, whose weights hold the norm, and a ReLU in place.
        moved += _FLOAT * (inputs[0].numel() + (1 if layer.order == "norm" else 3) * output.numel())
        conv = layer.conv
        flops += 2 * conv.kernel_size[0] * conv.kernel_size[1] * conv.in_channels * output.numel()

    handles = [layer.register_forward_hook(count) for layer in network.stack]
    with torch.inference_mode():
        network(torch.zeros(1, network.stack[0].conv.in_channels, _SIDE, _SIDE))
    for handle in handles:
        handle.remove()
    return Cost(flops / pixels, moved / pixels)
