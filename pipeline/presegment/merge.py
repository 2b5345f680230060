"""Merging along edges, the cheapest first, bucket by bucket; compiled, without Python's lock.

Many edges lie within a segment when their bucket's turn comes, and go before anything is sorted (as in Filter-Kruskal
by Osipov, Sanders and Singler, ALENEX 2009).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled
from pipeline.kernels.prefetch import prefetch
from pipeline.presegment.forest import join, root_of
from pipeline.presegment.radix import sort_first

# Edges come in the order of costs, that is from all over the image: so many ahead their pixels are asked for, and then
# what these lead to.
_FAR, _NEAR = 24, 12


@compiled
def merge(
    edges: NDArray[np.uint64],
    starts: NDArray[np.int64],
    columns: int,
    threshold: float,
    min_size: int,
    parent: NDArray[np.int32],
    highest: NDArray[np.float32],
    outer: NDArray[np.uint64],
) -> None:
    """Merge by the rule of Felzenszwalb and Huttenlocher, then again what is smaller than `min_size`.

    Args:
        edges: of `bucketed_edges`; written over.
        starts: of `bucketed_edges`.
        columns: of the image.
        threshold: two segments merge along an edge that costs less than each one's highest cost plus this, divided by
            its size.
        min_size: smaller ones merge along their cheapest edges.
        parent: a pixel each, to write the forest to.
        highest: a pixel each, to work in: the square of the highest cost within a root's segment.
        outer: (2, edges of the largest bucket), to work in.
    """
    parent[:] = -1
    highest[:] = 0
    step = np.array([1, columns - 1, columns, columns + 1], np.int64)
    kept = 0
    for bucket in range(len(starts) - 1):
        count = _outer(parent, edges[starts[bucket] : starts[bucket + 1]], step, outer[0])
        turn = sort_first(outer, count)
        # What is kept is written over edges that have been dealt with, and so in order.
        kept += _merge_cheap(parent, highest, step, outer[turn, :count], threshold, min_size, edges[kept:])
    _merge_small(parent, step, edges[:kept], min_size)


@compiled
def _merge_cheap(
    parent: NDArray[np.int32],
    highest: NDArray[np.float32],
    step: NDArray[np.int64],
    edges: NDArray[np.uint64],
    threshold: float,
    min_size: int,
    kept: NDArray[np.uint64],
) -> int:
    """Merge where the edge is cheap for both; keep the edges of small segments that are not, and return how many."""
    # In memory an edge's number comes first, then its squared cost.
    costs = edges.view(np.float32)[1::2]
    count = 0
    # Written out, since numba counts references to arrays where a function takes them, which would take half the time.
    for index in range(len(edges)):
        if index + _FAR < len(edges):
            later = np.uint32(edges[index + _FAR])
            pixel = np.int64(later >> np.uint32(2))
            prefetch(parent, pixel)
            prefetch(parent, pixel + step[later & np.uint32(3)])
            later = np.uint32(edges[index + _NEAR])
            pixel = np.int64(later >> np.uint32(2))
            above = np.int64(parent[pixel])
            root = pixel if above < 0 else above
            prefetch(parent, root)
            prefetch(highest, root)
            pixel += step[later & np.uint32(3)]
            above = np.int64(parent[pixel])
            root = pixel if above < 0 else above
            prefetch(parent, root)
            prefetch(highest, root)
        edge = np.uint32(edges[index])
        pixel = np.int64(edge >> np.uint32(2))
        one, other = root_of(parent, pixel), root_of(parent, pixel + step[edge & np.uint32(3)])
        if one == other:
            continue
        cost = np.sqrt(np.float64(costs[index]))
        first = np.sqrt(np.float64(highest[one])) + threshold / -parent[one]
        second = np.sqrt(np.float64(highest[other])) + threshold / -parent[other]
        if cost < first and cost < second:
            one = join(parent, one, other)
            highest[one] = costs[index]
        elif -parent[one] < min_size or -parent[other] < min_size:
            kept[count] = edges[index]
            count += 1
    return count


@compiled
def _merge_small(parent: NDArray[np.int32], step: NDArray[np.int64], edges: NDArray[np.uint64], min_size: int) -> None:
    """Merge along edges, in their order, where one side is small."""
    for index in range(len(edges)):
        if index + _FAR < len(edges):
            later = np.uint32(edges[index + _FAR])
            pixel = np.int64(later >> np.uint32(2))
            prefetch(parent, pixel)
            prefetch(parent, pixel + step[later & np.uint32(3)])
        edge = np.uint32(edges[index])
        pixel = np.int64(edge >> np.uint32(2))
        one, other = root_of(parent, pixel), root_of(parent, pixel + step[edge & np.uint32(3)])
        if one != other and (-parent[one] < min_size or -parent[other] < min_size):
            join(parent, one, other)


@compiled
def _outer(
    parent: NDArray[np.int32], edges: NDArray[np.uint64], step: NDArray[np.int64], listed: NDArray[np.uint64]
) -> int:
    """List the edges between two segments, and return how many there are."""
    count = 0
    for edge in edges:
        # Without a branch that nobody could foretell: what is within a segment is written over.
        listed[count] = edge
        number = np.uint32(edge)
        pixel = np.int64(number >> np.uint32(2))
        count += root_of(parent, pixel) != root_of(parent, pixel + step[number & np.uint32(3)])
    return count
