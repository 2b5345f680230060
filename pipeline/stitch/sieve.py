"""Objects below a minimum mapping unit join their most similar neighbours, over a whole scene, on tables alone."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import to_lab
from pipeline.pairs import join_pairs


@dataclass(frozen=True)
class ObjectGraph:
    """Objects 0 to n - 1 and which of them touch."""

    classes: NDArray[np.int64]
    """(n,)."""

    areas: NDArray[np.float64]
    """(n,) in the unit of the smallest area that stays."""

    pixels: NDArray[np.int64]
    """(n,)."""

    sums: NDArray[np.float64]
    """(n, bands): sums of the scaled values, 0..1, over the pixels."""

    pairs: NDArray[np.int64]
    """(m, 2) objects that touch, each pair once or more often; objects of one class never touch."""

    lengths: NDArray[np.int64]
    """(m,) pixels along which a pair touches."""


@dataclass(frozen=True)
class Sieved:
    """What became of the objects."""

    roots: NDArray[np.int64]
    """(n,) the object that each is part of now, the lowest of its parts."""

    classes: NDArray[np.int64]
    """(n,) the class of each, which is that of its whole."""


def sieve(graph: ObjectGraph, smallest: float, contrast: float = 0.0) -> Sieved:
    """Let objects below an area join their most similar neighbours until none is left that can.

    The smallest go first: in every round those move that are smaller than all movers around them, and each takes the
    class of the neighbour whose mean colour is nearest (of equals the one of the longest border, then of the lowest
    number). What then touches and has one class is one object. An object without neighbours stays.

    Args:
        graph: the objects.
        smallest: area that stays.
        contrast: an object farther than this from all its neighbours stays, in units of CIE Lab; 0: none does.
    """
    count = len(graph.areas)
    roots, own = np.arange(count), np.arange(count)
    graph = _merged(graph, own)
    while True:
        graph = _near_small(graph, smallest)
        movers, targets = _moves(graph, smallest, contrast)
        if not len(movers):
            break
        step = own.copy()
        step[movers] = targets
        graph = _merged(graph, step)
        joined = _same_class(graph)
        graph = _merged(graph, joined)
        roots = joined[step[roots]]
    lowest = np.full(count, count)
    np.minimum.at(lowest, roots, own)
    return Sieved(lowest[roots], graph.classes[roots])


def _near_small(graph: ObjectGraph, smallest: float) -> ObjectGraph:
    """Keep the pairs of which an end is small: the others never move, and are of two classes for good."""
    kept = (graph.areas[graph.pairs] < smallest).any(1)
    return replace(graph, pairs=graph.pairs[kept], lengths=graph.lengths[kept])


def _moves(graph: ObjectGraph, smallest: float, contrast: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which objects move in this round, and where to."""
    ends = np.concatenate([graph.pairs, graph.pairs[:, ::-1]])
    lengths = np.concatenate([graph.lengths, graph.lengths])
    chosen = graph.areas[ends[:, 0]] < smallest
    ends, lengths = ends[chosen], lengths[chosen]
    touched = np.unique(ends)
    means = graph.sums[touched] / graph.pixels[touched][:, None]
    colours = to_lab(np.ascontiguousarray(means.T, dtype=np.float32)).T.astype(np.float64)
    first, second = np.searchsorted(touched, ends).T
    distances = np.sqrt(((colours[first] - colours[second]) ** 2).sum(1))
    order = np.lexsort((ends[:, 1], -lengths, distances, ends[:, 0]))
    ends, distances = ends[order], distances[order]
    best = np.flatnonzero(np.diff(ends[:, 0], prepend=-1))
    if contrast > 0:
        best = best[distances[best] <= contrast]
    movers, targets = ends[best].T
    # Of two movers that touch, the larger one waits; so nobody moves to one that moves.
    moves = np.zeros(len(graph.areas), dtype=np.bool_)
    moves[movers] = True
    both = graph.pairs[moves[graph.pairs].all(1)]
    areas = graph.areas[both]
    later = np.where((areas[:, 0] > areas[:, 1]) | ((areas[:, 0] == areas[:, 1]) & (both[:, 0] > both[:, 1])), 0, 1)
    moves[both[np.arange(len(both)), later]] = False
    return movers[moves[movers]], targets[moves[movers]]


def _same_class(graph: ObjectGraph) -> NDArray[np.int64]:
    """Return the lowest of the objects that each is one with: those that touch and have one class."""
    count = len(graph.areas)
    alike = graph.pairs[graph.classes[graph.pairs[:, 0]] == graph.classes[graph.pairs[:, 1]]]
    groups, group = join_pairs(alike, count)
    lowest = np.full(groups, count)
    np.minimum.at(lowest, group, np.arange(count))
    merged: NDArray[np.int64] = lowest[group]
    return merged


def _merged(graph: ObjectGraph, step: NDArray[np.int64]) -> ObjectGraph:
    """Add objects to others, and let each pair stand once."""
    gone = np.flatnonzero(step != np.arange(len(step)))
    areas, pixels, sums = graph.areas.copy(), graph.pixels.copy(), graph.sums.copy()
    for table in (areas, pixels, sums):
        np.add.at(table, step[gone], table[gone])
        table[gone] = 0
    pairs = np.sort(step[graph.pairs], axis=1)
    apart = pairs[:, 0] != pairs[:, 1]
    keys, inverse = np.unique(pairs[apart, 0] * len(step) + pairs[apart, 1], return_inverse=True)
    lengths = np.bincount(inverse, weights=graph.lengths[apart], minlength=len(keys)).astype(np.int64)
    pairs = np.column_stack(np.divmod(keys, len(step)))
    return replace(graph, areas=areas, pixels=pixels, sums=sums, pairs=pairs, lengths=lengths)
