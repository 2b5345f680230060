"""Labels from a frozen network, strip by strip: what it sees of its surroundings is made as far as it is wanted."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    plan, height = network.plan, len(valid)
    labels = np.zeros(valid.shape, dtype=np.uint16)
    # They begin where the scene's lattice has responses, and so do their blocks.
    lines = max(_BLOCKS * block_side(device) // plan.stride, 1) * plan.stride
    cuts = [0, *range(-place[0] % plan.stride + lines, height, lines), height]
    for start, end in pairwise(cuts):
        if valid[start:end].any():
            labels[start:end] = _strip(network, image, valid, slice(start, end), device=device, place=place)
    return labels


def _strip(
    network: Network,
    image: NDArray[np.float32],
    valid: NDArray[np.bool_],
    lines: slice,
    *,
    device: str,
    place: tuple[int, int],
) -> NDArray[np.uint16]:
    plan, height = network.plan, len(valid)
    seen = _grown(lines, -(-plan.radius // plan.stride) * plan.stride, height)
    around = _grown(seen, reach(plan.context), height)
    inputs = widen(image[:, around], valid[around], plan.context)[:, _within(seen, around)]
    place = place[0] + seen.start, place[1]
    return strongest(network, inputs, valid[seen], device, place, lines=_within(lines, seen))


def _grown(lines: slice, margin: int, most: int) -> slice:
    return slice(max(lines.start - margin, 0), min(lines.stop + margin, most))


def _within(lines: slice, others: slice) -> slice:
    return slice(lines.start - others.start, lines.stop - others.start)
