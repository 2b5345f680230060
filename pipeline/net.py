"""The networks: image (channels, h, w) in, K responses per pixel out, or per pixel of a lattice (`NetPlan.stride`)."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from pipeline.config import NetworkConfig
from pipeline.layer import BatchNorm, Layer, thin
from pipeline.netplan import NetPlan, plan_network

Precision = Literal["float32", "bfloat16"]


class Network(nn.Module):
    """Layers in a row, on an image that was widened by its context."""

    def __init__(self, plan: NetPlan, precision: Precision) -> None:
        super().__init__()
        self.plan = plan
        self.precision = precision
        self.layers = nn.ModuleList([Layer(layer) for layer in plan.layers])
        self.frugal = False
        """Whether a training keeps a layer's input only, and computes the rest of it again on the way back: about a
        third of the memory, a third more time, the same result."""

    @property
    def stack(self) -> list[Layer]:
        """The layers, first to last."""
        return [layer for layer in self.layers if isinstance(layer, Layer)]

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
        self.plan = self.plan.responding(len(responses))
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
        plan = plan_network(config, bands)
        return Network(plan if responses is None else plan.responding(responses), config.precision)
