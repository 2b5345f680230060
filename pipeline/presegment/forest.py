"""A forest of pixels whose trees are segments; compiled, without Python's lock.

`parent[pixel]` is a pixel nearer to the root; at a root it is minus the segment's size.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled


@compiled
def root_of(parent: NDArray[np.int32], pixel: Any) -> Any:  # noqa: ANN401 - numba's int64
    """Find the root of a pixel's segment, and bring what is on the way nearer to it."""
    above = parent[pixel]
    if above < 0:
        return pixel
    while parent[above] >= 0:
        parent[pixel] = parent[above]
        pixel = parent[above]
        above = parent[pixel]
        if above < 0:
            return pixel
    return above


@compiled
def join(parent: NDArray[np.int32], one: int, other: int) -> int:
    """Put the smaller of two segments, given by their roots, under the larger's root, and return that."""
    if parent[one] > parent[other]:
        one, other = other, one
    parent[one] += parent[other]
    parent[other] = one
    return one


@compiled
def number(parent: NDArray[np.int32], valid: NDArray[np.bool_]) -> NDArray[Any]:
    """Number the segments of valid pixels from 1 by first pixel in raster order: (h, w) int32, 0 elsewhere."""
    labels = np.zeros(valid.size, np.int32)
    flat = valid.reshape(-1)
    last = 0
    for pixel in range(len(flat)):
        if flat[pixel]:
            root = root_of(parent, pixel)
            # A root that comes after its segment's first pixel holds the number until it is its turn.
            if labels[root] == 0:
                last += 1
                labels[root] = last
            labels[pixel] = labels[root]
    return labels.reshape(valid.shape)
