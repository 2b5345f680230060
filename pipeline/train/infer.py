"""Labels from a frozen network, strip by strip: what it sees of its surroundings is made as far as it is wanted."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.context import reach, widen
from pipeline.net import Network
from pipeline.train.strongest import block_side, strongest

# Rows of blocks in a strip: of more the context takes more memory, and of fewer more of it is made twice.
_BLOCKS = 2


def infer(
    network: Network,
    image: NDArray[np.float32],
    valid: NDArray[np.bool_],
    device: str = "cpu",
    place: tuple[int, int] = (0, 0),
) -> NDArray[np.uint16]:
    """Label every valid pixel.

    Args:
        network: frozen, on `device`.
        image: (bands, h, w) float32, 0 outside.
        valid: (h, w) bool.
        device: where the network is.
        place: row and column of the image's first pixel in the scene.

    Returns:
        (h, w) uint16: as `strongest`.
    """
    stride, (height, width) = network.plan.stride, valid.shape
    labels = np.zeros(valid.shape, dtype=np.uint16)
    # They begin where the scene's lattice has responses, and so do their blocks.
    lines = max(_BLOCKS * block_side(device) // stride, 1) * stride
    cuts = [0, *range(-place[0] % stride + lines, height, lines), height]
    for start, end in pairwise(cuts):
        if valid[start:end].any():
            strip = Box(start, 0, end, width)
            labels[start:end] = _labels_of(strip, network, image, valid, device=device, place=place)
    return labels


def _labels_of(
    strip: Box,
    network: Network,
    image: NDArray[np.float32],
    valid: NDArray[np.bool_],
    *,
    device: str,
    place: tuple[int, int],
) -> NDArray[np.uint16]:
    plan, whole = network.plan, Box(0, 0, *valid.shape)
    seen = strip.grown(plan.rim, whole)
    around = seen.grown(reach(plan.context), whole)
    inputs = widen(image[:, *around.slices(whole)], valid[around.slices(whole)], plan.context)
    lines, _ = strip.slices(seen)
    place = place[0] + seen.top, place[1]
    return strongest(network, inputs[:, *seen.slices(around)], valid[seen.slices(whole)], device, place, lines=lines)
