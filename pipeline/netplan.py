"""What a network consists of, and what follows from it: how far it sees, how much it holds. Without torch.

`alternating` is the published variant of convolutions 3x3 and 1x1 in turn, batch norm before ReLU; `kanezaki2018` is
the network of Kanezaki, Unsupervised Image Segmentation by Backpropagation, ICASSP 2018: ReLU before batch norm.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, Self

from pipeline.config import AlternatingConfig, NetworkConfig
from pipeline.context import channels, reach

Order = Literal["norm-relu", "relu-norm", "norm"]

BLOCK_SIDE = 256
"""Rows and columns of the image that a processor labels at a time: their activations (64 channels, float32, stride 2)
are 4 MB, so that those of one layer are in its caches when the next one wants them, with other workers beside it."""


@dataclass(frozen=True)
class LayerPlan:
    """A convolution with batch norm and, in the given order, ReLU."""

    inputs: int
    outputs: int
    kernel: int
    stride: int
    order: Order


@dataclass(frozen=True)
class NetPlan:
    """Layers in a row, on an image that was widened by its context."""

    layers: tuple[LayerPlan, ...]
    context: tuple[float, ...]

    @property
    def stride(self) -> int:
        """One response for so many pixels, along rows and columns, the first of them included."""
        return self.layers[0].stride

    @property
    def radius(self) -> int:
        """Receptive radius of the layers in pixels of the image."""
        first, *others = (layer.kernel // 2 for layer in self.layers)
        return first + self.stride * sum(others)

    @property
    def rim(self) -> int:
        """The radius in whole strides: blocks begin where responses are, and so do their overlaps."""
        return -(-self.radius // self.stride) * self.stride

    @property
    def reach(self) -> int:
        """How far a pixel's label sees; outside a rim of that width, a tile gives the scene's labels."""
        # A tile's first response sees nothing before it, and a label may be that of a pixel before.
        return self.radius + reach(self.context) + 2 * (self.stride - 1)

    @property
    def responses(self) -> int:
        """Number of responses per pixel."""
        return self.layers[-1].outputs

    @property
    def activations(self) -> int:
        """Numbers per pixel of the image that all layers give together; memory follows from it."""
        return math.ceil(sum(layer.outputs for layer in self.layers) / self.stride**2)

    def responding(self, responses: int) -> Self:
        """Return the same with another number of responses."""
        *others, last = self.layers
        return replace(self, layers=(*others, replace(last, outputs=responses)))


def plan_network(config: NetworkConfig, bands: int) -> NetPlan:
    """Plan a network for images of `bands` bands, at least 1; with its context it has more channels."""
    if isinstance(config, AlternatingConfig):
        widths = [config.wide if index % 2 == 0 else config.narrow for index in range(config.depth)]
        kernels = [3 if index % 2 == 0 else 1 for index in range(config.depth)]
        orders: list[Order] = ["norm-relu"] * (config.depth - 1)
    else:
        widths = [config.channels] * (config.layers + 1)
        kernels = [3] * config.layers + [1]
        orders = ["relu-norm"] * config.layers
    orders.append("norm")
    inputs = [channels(bands, config.context), *widths[:-1]]
    strides = [config.stride, *[1] * (len(kernels) - 1)]
    return NetPlan(tuple(map(LayerPlan, inputs, widths, kernels, strides, orders)), config.context)
