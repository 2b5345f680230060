"""Small objects and their neighbours, gathered box by box, until all are known and each can join another."""

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Objects, Parts
from pipeline.edges import Edges
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source, read_scaled
from pipeline.stitch.objects import Ground, borders, tally
from pipeline.stitch.sieve import ObjectGraph, sieve

_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass
class Sieving:
    """Components of all boxes so far."""

    smallest: float
    """Area that stays, in the unit of the ground."""

    contrast: float
    image: Source
    scaling: Scaling
    ground: Ground
    """Of the scene's rows, or `Ground.pixels` where the area is in pixels."""

    columns: int
    """Of the scene."""

    _areas: list[NDArray[np.float64]] = field(default_factory=list)
    _pixels: list[NDArray[np.int64]] = field(default_factory=list)
    _sums: list[NDArray[np.float64]] = field(default_factory=list)
    _pairs: list[NDArray[np.int64]] = field(default_factory=list)
    _lengths: list[NDArray[np.int64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._edges = Edges(self.columns)

    def add(self, box: Box, parts: Parts) -> None:
        """Gather the components of a box; boxes come in raster order."""
        image, _ = read_scaled(self.image, self.scaling, box)
        found = tally(parts.inside, parts.count, image, self.ground.rows(box.top, box.bottom))
        self._areas.append(found.areas[1:])
        self._pixels.append(found.pixels[1:])
        self._sums.append(found.sums[1:])
        names = parts.names
        pairs, _ = borders(names, *self._edges.before(box), Ground.pixels(box.shape[0]))
        self._edges.put(box, names[-1], names[:, -1])
        pairs = np.sort(pairs[(pairs > 0).all(1)], axis=1)
        keys, counts = np.unique((pairs[:, 0] << 32) + pairs[:, 1], return_counts=True)
        self._pairs.append(keys)
        self._lengths.append(counts)

    def finish(self, found: Objects) -> Objects:
        """Let small objects join others; what touches then and has one class is one."""
        names = found.names[1:] - 1
        count = len(found)
        keys = np.concatenate(self._pairs) if self._pairs else np.zeros(0, dtype=np.int64)
        pairs = found.names[np.column_stack([keys >> 32, keys & 0xFFFFFFFF])] - 1
        apart = pairs[:, 0] != pairs[:, 1]
        graph = ObjectGraph(
            found.numbers[1:],
            _folded(self._areas, names, np.zeros(count)),
            _folded(self._pixels, names, np.zeros(count, dtype=np.int64)),
            _folded(self._sums, names, np.zeros((count, self.image.channels))),
            pairs[apart],
            np.concatenate(self._lengths)[apart] if self._lengths else np.zeros(0, dtype=np.int64),
        )
        result = sieve(graph, self.smallest, self.contrast)
        roots, order = np.unique(result.roots, return_inverse=True)
        wholes = np.concatenate([[0], order + 1])
        return Objects(wholes[found.names], np.concatenate([[0], result.classes[roots]]))


def _folded(parts: list[NDArray[_Number]], names: NDArray[np.int64], total: NDArray[_Number]) -> NDArray[_Number]:
    """Add up the rows of all boxes' components by object."""
    np.add.at(total, names, np.concatenate(parts))
    return total
