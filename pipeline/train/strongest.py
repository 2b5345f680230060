"""The strongest responses of a frozen network, in blocks of bounded memory."""

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.device import memory_lacks
from pipeline.net import Network
from pipeline.netplan import BLOCK_SIDE
from pipeline.train.frugal import give_back_memory

# Of a block on a GPU, which does more at a time and has more memory.
_GPU_SIDE = 1024


def block_side(device: str) -> int:
    """Return how many rows and columns of the image are labelled at a time."""
    return BLOCK_SIDE if device == "cpu" else _GPU_SIDE


def strongest(
    network: Network,
    inputs: NDArray[np.float32],
    valid: NDArray[np.bool_],
    device: str = "cpu",
    place: tuple[int, int] = (0, 0),
    *,
    lines: slice | None = None,
) -> NDArray[np.uint16]:
    """Label every valid pixel of an image that has its context already.

    Args:
        network: frozen, on `device`.
        inputs: (channels, h, w) float32, 0 outside.
        valid: (h, w) bool.
        device: where the network is.
        place: row and column of the image's first pixel in the scene.
        lines: rows to label; the others are there to be seen by them. None: all.

    Returns:
        (rows of `lines`, w) uint16: the strongest response counted from 1, 0 outside. With a stride responses are at
        rows and columns that are multiples of it in the scene, and pixels between have the label of the one above and
        to the left, be that outside itself: it sees what is around it.
    """
    lines = slice(0, len(valid)) if lines is None else lines
    top, rows = _lattice(place[0], valid.shape[0], network.plan.stride)
    left, columns = _lattice(place[1], valid.shape[1], network.plan.stride)
    rows = rows[lines]
    wanted = Box(int(rows[0]), 0, int(rows[-1]) + 1, int(columns[-1]) + 1)
    labels = _responding(network, inputs[:, top:, left:], valid, first=(top, left), wanted=wanted, device=device)
    if network.plan.stride > 1:
        labels = labels[rows - wanted.top][:, columns]
    labels[~valid[lines]] = 0
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
    network: Network,
    inputs: NDArray[np.float32],
    valid: NDArray[np.bool_],
    *,
    first: tuple[int, int],
    wanted: Box,
    device: str,
) -> NDArray[np.uint16]:
    """Return the labels of the wanted responses, one for every stride-th pixel; 0 in blocks without a valid one.

    Blocks overlap by the layers' receptive radius, so they do not show. Where the device's memory does not do for one,
    they are made smaller.

    Args:
        network: frozen, on `device`.
        inputs: (channels, h, w), from the first pixel on that has a response.
        valid: of the image, which begins before that.
        first: row and column of that pixel in the image.
        wanted: rows and columns of responses, counted from that pixel's.
        device: where the network is.
    """
    stride = network.plan.stride
    labels = np.zeros(wanted.shape, dtype=np.uint16)
    side = max(block_side(device) // stride, 1)
    waiting = [wanted]
    while waiting:
        box = waiting.pop()
        if max(box.shape) > side:
            waiting += _parts(box, side)
        elif valid[_pixels_of(box, stride, first)].any():
            found = _tried(network, inputs, box, device, last=side == 1)
            if found is None:
                # Others share the device.
                side = -(-side // 2)
                give_back_memory()
                waiting.append(box)
            else:
                labels[box.slices(wanted)] = found
    return labels


def _tried(
    network: Network, inputs: NDArray[np.float32], box: Box, device: str, *, last: bool
) -> NDArray[np.int64] | None:
    """Return the labels of a box of responses; None: memory ran out, and this was not the last try."""
    try:
        return _best(network, inputs, box, device)
    except RuntimeError as error:
        if last or memory_lacks(error) is None:
            raise
    return None


def _best(network: Network, inputs: NDArray[np.float32], box: Box, device: str) -> NDArray[np.int64]:
    """Return the labels of a box of responses."""
    stride, image = network.plan.stride, Box(0, 0, *inputs.shape[1:])
    bottom, right = (
        min(end * stride, length) for end, length in zip((box.bottom, box.right), image.shape, strict=True)
    )
    read = Box(box.top * stride, box.left * stride, bottom, right).grown(network.plan.rim, image)
    block = torch.from_numpy(inputs[None, :, *read.slices(image)])
    responses = network(block.to(device, memory_format=torch.channels_last))[0]
    inner = box.shifted(-(read.top // stride), -(read.left // stride))
    best = responses[:, inner.top : inner.bottom, inner.left : inner.right].argmax(0)
    labels: NDArray[np.int64] = best.cpu().numpy() + 1
    return labels


def _parts(box: Box, side: int) -> list[Box]:
    return [
        Box(top, left, min(top + side, box.bottom), min(left + side, box.right))
        for top in range(box.top, box.bottom, side)
        for left in range(box.left, box.right, side)
    ]


def _pixels_of(box: Box, stride: int, first: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns of the image whose labels are those of a box of responses."""
    rows, columns = (
        slice(start and begin + start * stride, begin + end * stride)
        for begin, start, end in ((first[0], box.top, box.bottom), (first[1], box.left, box.right))
    )
    return rows, columns
