"""A layer of the networks: a convolution with batch norm and ReLU in either order, which may be frozen."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.maskednorm import EPSILON, masked_norm
from pipeline.netplan import LayerPlan


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
        everywhere = torch.ones_like(x[:, :1], dtype=torch.bool) if valid is None else valid
        return masked_norm(x.float(), everywhere, self.weight, self.bias)


class Layer(nn.Module):
    """A convolution with batch norm and, in the given order, ReLU."""

    def __init__(self, plan: LayerPlan) -> None:
        super().__init__()
        self.conv = nn.Conv2d(plan.inputs, plan.outputs, plan.kernel, plan.stride, padding=plan.kernel // 2)
        self.norm = BatchNorm(plan.outputs)
        self.order = plan.order

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
        if conv.kernel_size == conv.stride == (1, 1):
            # A product of matrices; for one image and one thread torch's convolutions take twice the time.
            x = functional.linear(x.permute(0, 2, 3, 1), weight.flatten(1), bias).permute(0, 3, 1, 2)
        else:
            x = functional.conv2d(x, weight, bias, conv.stride, conv.padding)
        return functional.relu_(x) if self.order == "norm-relu" else x


def thin(pixels: Tensor | None, stride: int) -> Tensor | None:
    """Return what is there of (..., h, w) where a layer of that stride has its output."""
    return pixels if pixels is None or stride == 1 else pixels[..., ::stride, ::stride]
