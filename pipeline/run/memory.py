"""Projected memory, from settings alone.

The figures were measured as peak resident sizes (docs/design.md); each errs on the side of too much.
"""

from dataclasses import dataclass
from functools import lru_cache

from pipeline.box import Box
from pipeline.config import Config, NetworkConfig, TrainConfig
from pipeline.context import channels as inputs
from pipeline.netplan import BLOCK_SIDE, plan_network

# A process with torch, rasterio, scikit-image and distributed imported, GDAL's block cache, and what a training leaves
# behind in freed but kept blocks.
PROCESS_BYTES = 620_000_000
# Bytes per pixel of a read box while it is pre-segmented, and as many again per channel.
_PRESEGMENT = {"felzenszwalb": (90, 22), "slic": (55, 16), "watershed": (35, 21)}
# Responses forward and their gradients backward: convolution, batch norm and ReLU each keep a float32 per channel.
_TRAIN_BYTES_PER_CHANNEL = 12
_INFER_BYTES_PER_CHANNEL = 12
# Context before and after it is smoothed, and the stack of both with the bands.
_CONTEXT_BYTES_PER_CHANNEL = 16
# Differences down and across, kept for the way back.
_CONTINUITY_BYTES_PER_RESPONSE = 8
# Segments, labels, joint indices of the vote and their counts, the scaled image and its mask.
_TABLE_BYTES = 60
# Where a row of tiles meets the next: what either says, and what becomes of it.
_BORDER_BYTES = 12


@dataclass(frozen=True)
class MemoryPlan:
    """Bytes that the run is expected to hold at its peak."""

    tile: int
    """A worker on a tile, or on a part of the finished map."""

    prior: int
    """A worker on the prior; 0 when none is trained."""

    main: int
    """The main process."""

    def total(self, workers: int, priors: int = 1) -> int:
        """Return the peak of all processes together: main, and workers on tiles (so many of them on a prior)."""
        if workers == 0:
            return self.main + max(self.tile, self.prior) - PROCESS_BYTES
        return self.main + (workers - priors) * self.tile + priors * max(self.tile, self.prior)


# Thousands of scenes are of few sizes.
@lru_cache
def plan_memory(
    config: Config,
    read: Box,
    channels: int,
    *,
    prior: bool,
    decoded: int = 0,
    width: int = 0,
    objects: int = 0,
    surveys: int = 0,
) -> MemoryPlan:
    """Project the memory of one run.

    Args:
        config: the run's settings.
        read: the largest read box.
        channels: bands of the image as the network sees it.
        prior: whether a prior is trained.
        decoded: bytes of the scene's blocks that are kept in memory, beyond those that always may be.
        width: columns of the scene.
        objects: bytes that finding the map's objects takes in the main process.
        surveys: bytes that a worker's part of that takes.
    """
    pixels, train = read.pixels, config.train
    image = pixels * (channels * 8 + _TABLE_BYTES)
    per_pixel, per_channel = _PRESEGMENT[config.presegment.method]
    stages = [pixels * (per_pixel + per_channel * channels)]
    context = inputs(channels, config.network.context) - channels
    wider = pixels * _CONTEXT_BYTES_PER_CHANNEL * context
    stages.append(wider + _activations(config.network, channels, BLOCK_SIDE**2, _INFER_BYTES_PER_CHANNEL))
    if train.scope != "shared":
        stages.append(_training(config.network, train, channels, pixels))
    # Two samples with their surroundings, and what the network sees of one.
    sample = train.patches * train.patch_window**2 * (channels * 16 + 24 + 4 * context)
    worker = PROCESS_BYTES + decoded
    return MemoryPlan(
        tile=worker + max(image + max(stages), surveys),
        prior=worker + sample + _training(config.network, train, channels, train.patch**2) if prior else 0,
        main=worker + max(40 * pixels + 2 * config.tiles.halo * width * _BORDER_BYTES, objects),
    )


def _training(network: NetworkConfig, train: TrainConfig, channels: int, whole: int) -> int:
    """Bytes of one training step; `whole` is the number of pixels when there are no patches."""
    pixels = train.patch**2 * train.batch if train.patch else whole
    activations = _activations(network, channels, pixels, _TRAIN_BYTES_PER_CHANNEL)
    if train.loss == "segments":
        return activations
    return activations + plan_network(network, channels).responses * _CONTINUITY_BYTES_PER_RESPONSE * pixels


def _activations(network: NetworkConfig, channels: int, pixels: int, per_channel: int) -> int:
    return plan_network(network, channels).activations * per_channel * pixels
