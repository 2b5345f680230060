"""Merging along edges, the cheapest first, bucket by bucket; compiled, without Python's lock.

Many edges lie within a segment when their bucket's turn comes, and go before anything is sorted (as in Filter-Kruskal
by Osipov, Sanders and Singler, ALENEX 2009).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled
from pipeline.kernels.prefetch import prefetch
from pipeline.presegment.forest import join, root_of
from pipeline.presegment.radix import sort_first

# Edges come in the order of costs, that is from all over the image: so many ahead, their pixels are asked for.
_AHEAD = 16


@compiled
def merge(
    squares: NDArray[np.float32],
    edges: NDArray[np.uint32],
    starts: NDArray[np.int64],
    width: int,
    threshold: float,
    min_size: int,
) -> NDArray[Any]:
    """Merge by the rule of Felzenszwalb and Huttenlocher, then again what is smaller than `min_size`.

    Args:
        squares: squared costs, of `bucketed_edges`.
        edges: numbers, of `bucketed_edges`; written over.
        starts: of `bucketed_edges`.
        width: pixels in a row.
        threshold: two segments merge along an edge that costs less than each one's highest cost plus this, divided by
            its size.
        min_size: smaller ones merge along their cheapest edges.

    Returns:
        The forest of the pixels.
    """
    parent = np.full(len(squares) // 4, -1, np.int32)
    # What an edge to a root's segment must cost less than.
    bound = np.full(len(parent), threshold, np.float64)
    step = np.array([1, width - 1, width, width + 1], np.int64)
    largest = np.diff(starts).max()
    keys, listed = np.empty((2, largest), np.uint32), np.empty((2, largest), np.uint32)
    kept = 0
    for bucket in range(len(starts) - 1):
        count = _outer(parent, squares, edges[starts[bucket] : starts[bucket + 1]], step, keys[0], listed[0])
        turn = sort_first(keys, listed, count)
        # What is kept is written over edges that have been dealt with, and so in order.
        kept += _merge_cheap(
            parent, bound, step, keys[turn, :count], listed[turn, :count], threshold, min_size, edges[kept:]
        )
    _merge_small(parent, step, edges[:kept], min_size)
    return parent


@compiled
def _merge_cheap(
    parent: NDArray[np.int32],
    bound: NDArray[np.float64],
    step: NDArray[np.int64],
    keys: NDArray[np.uint32],
    edges: NDArray[np.uint32],
    threshold: float,
    min_size: int,
    kept: NDArray[np.uint32],
) -> int:
    """Merge where the edge is cheap for both; keep the edges of small segments that are not, and return how many."""
    costs = keys.view(np.float32)
    count = 0
    # Written out, since numba counts references to arrays where a function takes them, which would take half the time.
    for index in range(len(edges)):
        if index + _AHEAD < len(edges):
            later = edges[index + _AHEAD]
            pixel = np.int64(later >> np.uint32(2))
            prefetch(parent, pixel)
            prefetch(parent, pixel + step[later & np.uint32(3)])
        edge = edges[index]
        pixel = np.int64(edge >> np.uint32(2))
        one, other = root_of(parent, pixel), root_of(parent, pixel + step[edge & np.uint32(3)])
        if one == other:
            continue
        cost = np.sqrt(np.float64(costs[index]))
        if cost < bound[one] and cost < bound[other]:
            one = join(parent, one, other)
            bound[one] = cost + threshold / -parent[one]
        elif -parent[one] < min_size or -parent[other] < min_size:
            kept[count] = edges[index]
            count += 1
    return count


@compiled
def _merge_small(parent: NDArray[np.int32], step: NDArray[np.int64], edges: NDArray[np.uint32], min_size: int) -> None:
    """Merge along edges, in their order, where one side is small."""
    for index in range(len(edges)):
        if index + _AHEAD < len(edges):
            later = edges[index + _AHEAD]
            pixel = np.int64(later >> np.uint32(2))
            prefetch(parent, pixel)
            prefetch(parent, pixel + step[later & np.uint32(3)])
        edge = edges[index]
        pixel = np.int64(edge >> np.uint32(2))
        one, other = root_of(parent, pixel), root_of(parent, pixel + step[edge & np.uint32(3)])
        if one != other and (-parent[one] < min_size or -parent[other] < min_size):
            join(parent, one, other)


@compiled
def _outer(
    parent: NDArray[np.int32],
    squares: NDArray[np.float32],
    edges: NDArray[np.uint32],
    step: NDArray[np.int64],
    keys: NDArray[np.uint32],
    listed: NDArray[np.uint32],
) -> int:
    """List the edges between two segments, with their costs' bits, and return how many there are."""
    bits = squares.view(np.uint32)
    count = 0
    for edge in edges:
        # Without a branch that nobody could foretell: what is within a segment is written over.
        keys[count] = bits[edge]
        listed[count] = edge
        pixel = np.int64(edge >> np.uint32(2))
        count += root_of(parent, pixel) != root_of(parent, pixel + step[edge & np.uint32(3)])
    return count
