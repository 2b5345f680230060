"""Fix a trained network: exact batch-norm statistics of the whole pool instead of those of a batch.

With them a pixel's responses depend on its surroundings alone, so any tile gives what the scene would give; measured
on neighbouring tiles, running averages change a tenth of all labels.
"""

import torch
from torch import Tensor

from pipeline.layer import thin
from pipeline.net import Network
from pipeline.train.pool import Pool


@torch.no_grad()
def freeze(network: Network, pool: Pool, *, batch: int, device: str = "cpu") -> None:
    """Set every batch norm to the exact mean and variance over the pool's valid pixels, and stop training.

    Layer by layer, since the statistics of one follow from the fixed ones of those before it.
    """
    network.to(device).eval()
    layers = network.stack
    for depth, layer in enumerate(layers):
        channels = layer.conv.out_channels
        count = 0
        total = torch.zeros(channels, dtype=torch.float64, device=device)
        squares = torch.zeros(channels, dtype=torch.float64, device=device)
        for part in pool.batches(batch, device):
            x, valid = part.images, part.valid
            with network.computing(x.device):
                for before in layers[:depth]:
                    x, valid = before(x), thin(valid, before.stride)
                values = _pixels(layer.before_norm(x).float(), thin(valid, layer.stride))
            if not values.shape[1]:
                # The lattice of responses may miss the few valid pixels that there are.
                continue
            count += values.shape[1]
            # float32 sums within one batch, float64 between them: enough for a variance, and half the memory.
            centre = values.mean(1)
            total += centre.double() * values.shape[1]
            squares += ((values - centre[:, None]).square().mean(1).double() + centre.double().square()) * values.shape[
                1
            ]
        if not count:
            # Nothing is known of it; a variance of 0 would blow up what comes.
            count, squares = 1, squares + 1
        mean = total / count
        layer.norm.mean.copy_(mean)
        layer.norm.variance.copy_(squares / count - mean.square())


def _pixels(values: Tensor, valid: Tensor | None) -> Tensor:
    """Return (channels, n) of the valid pixels."""
    planes = values.permute(1, 0, 2, 3).flatten(1)
    return planes if valid is None else planes[:, valid.flatten()]
