"""The networks: image (channels, h, w) in, K responses per pixel out, or per pixel of a lattice (`Network.stride`).

`alternating` is the published variant of convolutions 3x3 and 1x1 in turn, batch norm before ReLU; `kanezaki2018` is
the network of Kanezaki, Unsupervised Image Segmentation by Backpropagation, ICASSP 2018: ReLU before batch norm.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from pipeline.config import AlternatingConfig, NetworkConfig
from pipeline.context import channels, reach
from pipeline.layer import BatchNorm, Layer, Order, thin

Precision = Literal["float32", "bfloat16"]


class Network(nn.Module):
    """Layers in a row, on an image that was widened by its context."""

    def __init__(self, layers: list[Layer], context: tuple[float, ...], precision: Precision) -> None:
        super().__init__()
        self.context = context
        self.precision = precision
        self.layers = nn.ModuleList(layers)
        self.frugal = False
        """Whether a training keeps a layer's input only, and computes the rest of it again on the way back: about a
        third of the memory, a third more time, the same result."""

    @property
    def stack(self) -> list[Layer]:
        """The layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    @property
    def radius(self) -> int:
        """Receptive radius of the layers in pixels of the image."""
        first, *others = (layer.conv.kernel_size[0] // 2 for layer in self.stack)
        return first + self.stride * sum(others)

    @property
    def stride(self) -> int:
        """One response for so many pixels, along rows and columns, the first of them included."""
        return self.stack[0].stride

    @property
    def reach(self) -> int:
        """How far a pixel's label sees; outside a rim of that width, a tile gives the scene's labels."""
        # A tile's first response sees nothing before it, and a label may be that of a pixel before.
        return self.radius + reach(self.context) + 2 * (self.stride - 1)

    @property
    def responses(self) -> int:
        """Number of responses per pixel."""
        return self.stack[-1].conv.out_channels

    @property
    def activations(self) -> int:
        """Numbers per pixel of the image that all layers give together; memory follows from it."""
        return math.ceil(sum(layer.conv.out_channels for layer in self.stack) / self.stride**2)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """Map a widened image (n, channels, h, w) float32 to responses (n, K, h / stride, w / stride), rounded up.

        See `BatchNorm` for `valid` (n, 1, h, w).
        """
        with self.computing(x.device):
            for layer in self.stack:
                valid = thin(valid, layer.stride)
                again = self.frugal and self.training
                x = checkpoint(layer, x, valid, use_reentrant=False) if again else layer(x, valid)
        return x.float()

    def computing(self, device: torch.device) -> torch.autocast:
        """Return a context in which convolutions compute as the configuration says."""
        return torch.autocast(device.type, torch.bfloat16, enabled=self.precision == "bfloat16")

    def keep(self, responses: list[int]) -> None:
        """Keep only these responses, in this order."""
        last = self.stack[-1]
        index = torch.tensor(responses)
        kernel = last.conv.kernel_size[0]
        conv = nn.Conv2d(last.conv.in_channels, len(responses), kernel, last.stride, padding=kernel // 2)
        norm = BatchNorm(len(responses))
        with torch.no_grad():
            for new, old in ((conv, last.conv), (norm, last.norm)):
                new.load_state_dict({name: value.cpu()[index] for name, value in old.state_dict().items()})
        last.conv, last.norm = conv.to(last.conv.weight.device), norm.to(last.conv.weight.device)
        last.train(last.training)


def build(config: NetworkConfig, bands: int, *, seed: int | None = None, responses: int | None = None) -> Network:
    """Make a network for images of `bands` bands.

    Args:
        config: kind, depth and widths.
        bands: of the image, at least 1; with its context it has more channels.
        seed: seeds the weights, without touching torch's global state; None: whatever that state gives (for weights
            that are loaded afterwards).
        responses: number of responses, where some were dropped (`Network.keep`); None: as configured.
    """
    with torch.random.fork_rng(devices=[]):
        if seed is not None:
            # torch.manual_seed would seed CUDA's generators too, which nobody gives back.
            torch.default_generator.manual_seed(seed)
        layers = [Layer(*plan) for plan in _plan(config, channels(bands, config.context), responses)]
        return Network(layers, config.context, config.precision)


def _plan(config: NetworkConfig, inputs: int, responses: int | None) -> list[tuple[int, int, int, int, Order]]:
    """List (inputs, outputs, kernel, stride, order) of each layer."""
    if isinstance(config, AlternatingConfig):
        widths = [config.wide if index % 2 == 0 else config.narrow for index in range(config.depth)]
        kernels = [3 if index % 2 == 0 else 1 for index in range(config.depth)]
        orders: list[Order] = ["norm-relu"] * (config.depth - 1)
    else:
        widths = [config.channels] * (config.layers + 1)
        kernels = [3] * config.layers + [1]
        orders = ["relu-norm"] * config.layers
    if responses is not None:
        widths[-1] = responses
    orders.append("norm")
    strides = [config.stride if index == 0 else 1 for index in range(len(kernels))]
    return list(zip([inputs, *widths[:-1]], widths, kernels, strides, orders, strict=True))
