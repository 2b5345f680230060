"""Efficient graph-based segmentation (Felzenszwalb and Huttenlocher, IJCV 2004) of the valid pixels, compiled.

The partition is scikit-image's, edges of equal cost apart (there their order is left to a sort, here to their place),
but nodata is outside: an edge to an invalid pixel does not exist.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.config.presegment import FelzenszwalbConfig
from pipeline.image import smooth
from pipeline.presegment.edges import sorted_edges

# No image has so many pixels that a larger scale would still change anything: all pixels are one segment before.
_LARGEST_SCALE = 1e15


def segment(image: NDArray[np.float32], valid: NDArray[np.bool_], config: FelzenszwalbConfig) -> NDArray[np.int32]:
    """Segment the graph of the valid pixels, each tied to its eight neighbours by their Euclidean distance.

    Returns:
        (h, w) labels from 1 at valid pixels, 0 elsewhere.
    """
    pixels = np.empty((*valid.shape, len(image)), np.float64)
    for band in range(len(image)):
        pixels[..., band] = smooth(image[band : band + 1].astype(np.float64), valid, config.sigma)[0]
    costs, edges, unit = sorted_edges(pixels, valid)
    del pixels
    threshold = min(config.scale, _LARGEST_SCALE) / 255 / unit
    parent = _merge(costs, edges, valid.shape, threshold, min(config.min_size, valid.size))
    labels: NDArray[np.int32] = _number(parent, valid)
    return labels


@njit(nogil=True, cache=True)
def _root(parent: NDArray[np.int32], pixel: int) -> int:
    while parent[pixel] != pixel:
        parent[pixel] = parent[parent[pixel]]
        pixel = parent[pixel]
    return pixel


@njit(nogil=True, cache=True)
def _merge(
    costs: NDArray[np.uint32], edges: NDArray[np.uint32], shape: tuple[int, int], threshold: float, min_size: int
) -> NDArray[Any]:
    """Merge along edges, the cheapest first: by the paper's rule, then again what is smaller than min_size."""
    count = shape[0] * shape[1]
    parent = np.arange(count, dtype=np.int32)
    size = np.ones(count, np.int32)
    # The highest cost within a segment.
    inner = np.zeros(count, np.uint32)
    for turn in range(2):
        for index in range(len(edges)):
            pixel, direction = np.int64(edges[index] >> 2), np.int64(edges[index] & 3)
            step = 1 if direction == 0 else shape[1] + direction - 2
            one, other = _root(parent, int(pixel)), _root(parent, int(pixel + step))
            if one == other:
                continue
            if turn == 0:
                bound = min(inner[one] + threshold / size[one], inner[other] + threshold / size[other])
                joins = np.float64(costs[index]) < bound
            else:
                joins = size[one] < min_size or size[other] < min_size
            if joins:
                if size[one] < size[other]:
                    one, other = other, one
                parent[other] = one
                size[one] += size[other]
                inner[one] = costs[index]
    return parent


@njit(nogil=True, cache=True)
def _number(parent: NDArray[np.int32], valid: NDArray[np.bool_]) -> NDArray[Any]:
    labels = np.zeros(valid.shape, np.int32)
    number = np.zeros(valid.size, np.int32)
    last = 0
    for y in range(valid.shape[0]):
        for x in range(valid.shape[1]):
            if valid[y, x]:
                root = _root(parent, y * valid.shape[1] + x)
                if number[root] == 0:
                    last += 1
                    number[root] = last
                labels[y, x] = number[root]
    return labels
