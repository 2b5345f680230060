"""The edges between neighbouring valid pixels, and their order by cost; compiled, without Python's lock.

An edge is numbered 4 * pixel + direction; a direction leads to the right (0), or down: to the left (1), straight (2),
to the right (3). Costs are whole numbers of 32 bits, so that a radix sort orders them in linear time.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

_DIGIT = 11
_PASSES = 3
_TOP = 2**32 - 1


def sorted_edges(
    pixels: NDArray[np.float64], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], float]:
    """List the edges of the graph of valid pixels, the cheapest first, equal ones by number.

    Args:
        pixels: (h, w, bands); the cost of an edge is the Euclidean distance of its ends.
        valid: (h, w).

    Returns:
        Costs (n,), numbers (n,), and what one unit of cost is.
    """
    highest = float(_highest(pixels, valid))
    unit = highest / _TOP if highest > 0 else 1.0
    costs, edges = _sort(*_list(pixels, valid, unit))
    return costs, edges, unit


@njit(nogil=True, cache=True)
def _exists(valid: NDArray[np.bool_], y: int, x: int, direction: int) -> bool:
    below, aside = (0, 1) if direction == 0 else (1, direction - 2)
    inside = y + below < valid.shape[0] and 0 <= x + aside < valid.shape[1]
    return bool(inside and valid[y + below, x + aside])


@njit(nogil=True, cache=True)
def _cost(pixels: NDArray[np.float64], y: int, x: int, direction: int) -> float:
    below, aside = (0, 1) if direction == 0 else (1, direction - 2)
    total = 0.0
    for band in range(pixels.shape[2]):
        total += (pixels[y, x, band] - pixels[y + below, x + aside, band]) ** 2
    return math.sqrt(total)


@njit(nogil=True, cache=True)
def _highest(pixels: NDArray[np.float64], valid: NDArray[np.bool_]) -> float:
    highest = 0.0
    for y in range(valid.shape[0]):
        for x in range(valid.shape[1]):
            if valid[y, x]:
                for direction in range(4):
                    if _exists(valid, y, x, direction):
                        highest = max(highest, _cost(pixels, y, x, direction))
    return highest


@njit(nogil=True, cache=True)
def _list(
    pixels: NDArray[np.float64], valid: NDArray[np.bool_], unit: float
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    costs = np.empty(4 * valid.size, np.uint32)
    edges = np.empty(4 * valid.size, np.uint32)
    count = 0
    for y in range(valid.shape[0]):
        for x in range(valid.shape[1]):
            if valid[y, x]:
                for direction in range(4):
                    if _exists(valid, y, x, direction):
                        costs[count] = np.uint32(min(np.rint(_cost(pixels, y, x, direction) / unit), _TOP))
                        edges[count] = np.uint32(4 * (y * valid.shape[1] + x) + direction)
                        count += 1
    return costs[:count], edges[:count]


@njit(nogil=True, cache=True)
def _sort(costs: NDArray[np.uint32], edges: NDArray[np.uint32]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Sort by cost, digit by digit from the lowest; every pass keeps the order of equals."""
    mask = np.uint32((1 << _DIGIT) - 1)
    other_costs, other_edges = np.empty_like(costs), np.empty_like(edges)
    for turn in range(_PASSES):
        shift = np.uint32(turn * _DIGIT)
        place = np.zeros((1 << _DIGIT) + 1, np.int64)
        for cost in costs:
            place[((cost >> shift) & mask) + 1] += 1
        place = np.cumsum(place)
        for index in range(len(costs)):
            digit = (costs[index] >> shift) & mask
            to = place[digit]
            other_costs[to] = costs[index]
            other_edges[to] = edges[index]
            place[digit] = to + 1
        costs, other_costs = other_costs, costs
        edges, other_edges = other_edges, edges
    return costs, edges
