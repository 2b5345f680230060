"""The networks: image (channels, h, w) in, K responses per pixel out, or per pixel of a lattice (`Network.stride`).

`alternating` is the published variant of convolutions 3x3 and 1x1 in turn, batch norm before ReLU; `kanezaki2018` is
the network of Kanezaki, Unsupervised Image Segmentation by Backpropagation, ICASSP 2018: ReLU before batch norm.
"""

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from pipeline.config import AlternatingConfig, NetworkConfig
from pipeline.context import channels, reach

Order = Literal["norm-relu", "relu-norm", "norm"]

EPSILON = 1e-5
"""What batch norms add to a variance, as torch's do."""


class BatchNorm(nn.Module):
    """Batch norm with the statistics of the batch while training, and fixed ones of a whole sample afterwards.

    Running averages lag behind the weights: a frozen network with them gives other labels than the one trained.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """Normalise (n, channels, h, w); `valid` (n, 1, h, w) bool leaves pixels out of the statistics."""
        if not self.training:
            return functional.batch_norm(x, self.mean, self.variance, self.weight, self.bias, training=False)
        if valid is None and x.numel() > x.shape[1]:
            return functional.batch_norm(x, None, None, self.weight, self.bias, training=True)
        mask = torch.ones_like(x[:, :1]) if valid is None else valid.to(x.dtype)
        # A lattice may miss the few valid pixels that there are.
        count = mask.sum().clamp(min=1)
        mean = (x * mask).sum((0, 2, 3), keepdim=True) / count
        variance = ((x - mean).square() * mask).sum((0, 2, 3), keepdim=True) / count
        scale = self.weight[None, :, None, None] * torch.rsqrt(variance + EPSILON)
        return (x - mean) * scale + self.bias[None, :, None, None]


class Layer(nn.Module):
    """A convolution with batch norm and, in the given order, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, order: Order) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2)
        self.norm = BatchNorm(outputs)
        self.order = order

    @property
    def stride(self) -> int:
        """Of the convolution: one output pixel for so many of the input, along rows and columns."""
        return int(self.conv.stride[0])

    def before_norm(self, x: Tensor) -> Tensor:
        """Return what goes into the batch norm."""
        x = self.conv(x)
        return functional.relu(x) if self.order == "relu-norm" else x

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """Map (n, inputs, h, w) to (n, outputs, h / stride, w / stride); `valid` is of the output's size."""
        if not self.training and self.order != "relu-norm":
            return self._frozen(x)
        x = self.norm(self.before_norm(x), valid)
        return functional.relu(x) if self.order == "norm-relu" else x

    def _frozen(self, x: Tensor) -> Tensor:
        """Do the same with the batch norm within the convolution's weights: a pass over the memory less."""
        norm, conv = self.norm, self.conv
        scale = norm.weight * torch.rsqrt(norm.variance + EPSILON)
        weight = conv.weight * scale[:, None, None, None]
        bias = norm.bias + scale * (0 - norm.mean if conv.bias is None else conv.bias - norm.mean)
        x = functional.conv2d(x, weight, bias, conv.stride, conv.padding)
        return functional.relu_(x) if self.order == "norm-relu" else x


class Network(nn.Module):
    """Layers in a row, on an image that was widened by its context."""

    def __init__(self, layers: list[Layer], context: tuple[float, ...] = ()) -> None:
        super().__init__()
        self.context = context
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
        """Receptive radius of the layers in pixels."""
        return sum(layer.conv.kernel_size[0] // 2 for layer in self.stack)

    @property
    def stride(self) -> int:
        """One response for so many pixels, along rows and columns, the first of them included."""
        return math.prod(layer.stride for layer in self.stack)

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
        """Channels of all layers together; memory follows from it."""
        return sum(layer.conv.out_channels for layer in self.stack)

    def forward(self, x: Tensor, valid: Tensor | None = None) -> Tensor:
        """Map a widened image (n, channels, h, w) float32 to responses (n, K, h / stride, w / stride), rounded up.

        See `BatchNorm` for `valid` (n, 1, h, w).
        """
        for layer in self.stack:
            valid = thin(valid, layer.stride)
            again = self.frugal and self.training
            x = checkpoint(layer, x, valid, use_reentrant=False) if again else layer(x, valid)
        return x

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


def thin(pixels: Tensor | None, stride: int) -> Tensor | None:
    """Return what is there of (..., h, w) where a layer of that stride has its output."""
    return pixels if pixels is None or stride == 1 else pixels[..., ::stride, ::stride]


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
        return Network(layers, config.context)


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
    last = max(index for index, kernel in enumerate(kernels) if kernel > 1)
    strides = [config.stride if index == last else 1 for index in range(len(kernels))]
    return list(zip([inputs, *widths[:-1]], widths, kernels, strides, orders, strict=True))
