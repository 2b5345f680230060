"""Small objects and their neighbours, gathered box by box, until all are known and each can join another."""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Objects, Rim
from pipeline.edges import Edges
from pipeline.stitch.objects import Near, Tally, count_sides
from pipeline.stitch.sieve import ObjectGraph, sieve

_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass
class Sieving:
    """Components of all boxes so far."""

    smallest: float
    """Area that stays."""

    contrast: float
    metric: bool
    """Whether areas are those on the ground; else they are in pixels."""

    columns: int
    """Of the scene."""

    _areas: list[NDArray[np.float64]] = field(default_factory=list)
    _pixels: list[NDArray[np.int64]] = field(default_factory=list)
    _sums: list[NDArray[np.float64]] = field(default_factory=list)
    _pairs: list[NDArray[np.int64]] = field(default_factory=list)
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._edges = Edges(self.columns)

    def add(self, box: Box, rim: Rim, found: Tally, near: Near, first: int) -> None:
        """Gather the components of a box; boxes come in raster order.

        Args:
            box: its place.
            rim: of its components.
            found: what they are.
            near: what they touch.
            first: how many components the boxes before it have.
        """
        self._areas.append(found.areas[1:] if self.metric else found.pixels[1:].astype(np.float64))
        self._pixels.append(found.pixels[1:])
        self._sums.append(near.sums[1:])
        upper, left, lower, right = (
            np.where(side > 0, side.astype(np.int64) + first, 0) for side in (rim.upper, rim.left, rim.lower, rim.right)
        )
        above, beside = self._edges.before(box)
        self._edges.put(box, lower, right)
        across, sides = count_sides([(above, upper), (beside, left)])
        self._pairs += [near.pairs + first, across]
        self._lengths += [near.sides, sides]

    def finish(self, found: Objects) -> Objects:
        """Let small objects join others; what touches then and has one class is one."""
        names = found.names[1:] - 1
        count = len(found)
        pairs = found.names[np.concatenate(self._pairs)] - 1
        apart = pairs[:, 0] != pairs[:, 1]
        graph = ObjectGraph(
            found.numbers[1:],
            _folded(self._areas, names, np.zeros(count)),
            _folded(self._pixels, names, np.zeros(count, dtype=np.int64)),
            _folded(self._sums, names, np.zeros((count, self._sums[0].shape[1]))),
            pairs[apart],
            np.concatenate(self._lengths)[apart],
        )
        result = sieve(graph, self.smallest, self.contrast)
        roots, order = np.unique(result.roots, return_inverse=True)
        wholes = np.concatenate([[0], order + 1])
        return Objects(wholes[found.names], np.concatenate([[0], result.classes[roots]]))


def _folded(parts: list[NDArray[_Number]], names: NDArray[np.int64], total: NDArray[_Number]) -> NDArray[_Number]:
    """Add up the rows of all boxes' components by object."""
    np.add.at(total, names, np.concatenate(parts))
    return total
