"""Labels from a frozen network, in strips of bounded memory."""

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.context import widen
from pipeline.net import Network
from pipeline.train.frugal import give_back_memory

# Pixels of a strip: its activations (64 channels, float32) then fit a processor's outer cache better than its memory.
STRIP_PIXELS = 1 << 16


def infer(
    network: Network, image: NDArray[np.float32], valid: NDArray[np.bool_], device: str = "cpu"
) -> NDArray[np.uint16]:
    """Label every valid pixel.

    Args:
        network: frozen, on `device`.
        image: (bands, h, w) float32, 0 outside.
        valid: (h, w) bool.
        device: where the network is.

    Returns:
        (h, w) uint16: the strongest response counted from 1, 0 outside.
    """
    return strongest(network, widen(image, valid, network.context), valid, device)


@torch.inference_mode()
def strongest(
    network: Network, inputs: NDArray[np.float32], valid: NDArray[np.bool_], device: str = "cpu"
) -> NDArray[np.uint16]:
    """Label every valid pixel of an image that has its context already; as `infer` otherwise.

    Strips overlap by the layers' receptive radius, so they do not show. Where the device's memory does not do for one,
    they are halved.
    """
    rows, columns = valid.shape
    labels = np.zeros((rows, columns), dtype=np.uint16)
    step, top = max(1, STRIP_PIXELS // columns), 0
    while top < rows:
        bottom = min(top + step, rows)
        if valid[top:bottom].any():
            first, last = max(top - network.radius, 0), min(bottom + network.radius, rows)
            try:
                strip = torch.from_numpy(inputs[None, :, first:last]).to(device)
                best = network(strip)[0, :, top - first : bottom - first].argmax(0)
            except torch.OutOfMemoryError:
                # Others share the device; what a strip gives does not depend on its height.
                if step == 1:
                    raise
                step = -(-step // 2)
                give_back_memory()
                continue
            labels[top:bottom] = best.cpu().numpy() + 1
        top = bottom
    labels[~valid] = 0
    return labels
