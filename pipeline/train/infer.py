"""Labels from a frozen network, in strips of bounded memory."""

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.context import widen
from pipeline.net import Network
from pipeline.netplan import STRIP_PIXELS
from pipeline.train.frugal import give_back_memory


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
        (h, w) uint16: the strongest response counted from 1, 0 outside. With a stride responses are at rows and columns
        that are multiples of it in the scene, and pixels between have the label of the one above and to the left, be
        that outside itself: it sees what is around it.
    """
    return strongest(network, widen(image, valid, network.plan.context), valid, device, place)


def strongest(
    network: Network,
    inputs: NDArray[np.float32],
    valid: NDArray[np.bool_],
    device: str = "cpu",
    place: tuple[int, int] = (0, 0),
) -> NDArray[np.uint16]:
    """Label every valid pixel of an image that has its context already; as `infer` otherwise."""
    top, rows = _lattice(place[0], valid.shape[0], network.plan.stride)
    left, columns = _lattice(place[1], valid.shape[1], network.plan.stride)
    wanted = np.zeros(-(-(valid.shape[0] - top) // network.plan.stride), dtype=np.bool_)
    wanted[rows[valid.any(axis=1)]] = True
    labels = _responding(network, inputs[:, top:, left:], wanted, device)
    if network.plan.stride > 1:
        labels = labels[rows][:, columns]
    labels[~valid] = 0
    return labels


def _lattice(place: int, length: int, stride: int) -> tuple[int, NDArray[np.int64]]:
    """Return the first index at which there is a response, and which response each index has the label of."""
    first = -place % stride
    if first >= length:
        # No multiple of the stride lies within; any place is as good.
        first = 0
    return first, np.maximum(np.arange(length) - first, 0) // stride


@torch.inference_mode()
def _responding(
    network: Network, inputs: NDArray[np.float32], wanted: NDArray[np.bool_], device: str
) -> NDArray[np.uint16]:
    """Return the labels (h / stride, w / stride) of every stride-th pixel, 0 in strips without a wanted row.

    Strips overlap by the layers' receptive radius, so they do not show. Where the device's memory does not do for one,
    they are halved.
    """
    stride, (rows, columns) = network.plan.stride, inputs.shape[1:]
    # Strips begin where responses are, and so do their overlaps.
    rim = -(-network.plan.radius // stride) * stride
    labels = np.zeros((len(wanted), -(-columns // stride)), dtype=np.uint16)
    step, top = max(1, STRIP_PIXELS // columns // stride), 0
    while top < len(labels):
        bottom = min(top + step, len(labels))
        begin, end = top * stride, min(bottom * stride, rows)
        if wanted[top:bottom].any():
            first, last = max(begin - rim, 0), min(end + rim, rows)
            try:
                strip = torch.from_numpy(inputs[None, :, first:last])
                strip = strip.to(device, memory_format=torch.channels_last)
                best = network(strip)[0, :, top - first // stride : bottom - first // stride].argmax(0)
            except torch.OutOfMemoryError:
                # Others share the device; what a strip gives does not depend on its height.
                if step == 1:
                    raise
                step = -(-step // 2)
                give_back_memory()
                continue
            labels[top:bottom] = best.cpu().numpy() + 1
        top = bottom
    return labels
