"""A map held against truth, window by window, with all that is counted on the way."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.components import Components
from pipeline.grid import Grid, Tile
from pipeline.measure.boundary import BoundaryCounts, Tolerance, count_boundaries
from pipeline.measure.contingency import Contingency, Table
from pipeline.measure.objects import ObjectBin, add_objects, count_objects
from pipeline.measure.segments import SegmentCounts, count_segments

AREAS_M2 = (10.0, 100.0, 1000.0, 10000.0)
"""Where bins of true objects begin, above the first, in square metres: car, hut, house, hall, block."""

AREAS_PX = (100.0, 1000.0, 10000.0, 100000.0)
"""The same in pixels, for maps without a place on the ground: at 0.3 m about as large."""


@dataclass(frozen=True)
class Counts:
    """What was counted over a map; counts of several scenes add up, if their labels mean the same."""

    table: Table
    """Labels against true classes."""

    boundaries: BoundaryCounts
    """Of labels and of truth."""

    segments: SegmentCounts
    """Of the map's objects, the connected components of its labels, where there is truth."""

    objects: tuple[ObjectBin, ...]
    """True objects, and those found."""

    def __add__(self, other: "Counts") -> "Counts":
        both = Contingency()
        both.merge(self.table)
        both.merge(other.table)
        return Counts(
            both.table(),
            self.boundaries + other.boundaries,
            self.segments + other.segments,
            add_objects((*self.objects, *other.objects)),
        )


class Comparison:
    """Counts over a map and its truth, fed with the tiles of a grid in their order."""

    def __init__(
        self, columns: int, tolerance: Tolerance, *, pixel_area: float = 1.0, edges: tuple[float, ...] = AREAS_PX
    ) -> None:
        """Begin a map.

        Args:
            columns: of the map.
            tolerance: of boundaries; the tiles' halo must be at least its halo.
            pixel_area: in the unit of `edges`.
            edges: areas at which bins of objects begin.
        """
        self._tolerance, self._pixel_area, self._edges = tolerance, pixel_area, edges
        self._ours, self._theirs = Components(columns), Components(columns)
        self._pairs = Contingency()
        self._boundaries = BoundaryCounts()

    def add(
        self, tile: Tile, labels: NDArray[np.integer], truth: NDArray[np.integer], valid: NDArray[np.bool_]
    ) -> Self:
        """Count a tile.

        Args:
            tile: its place; read box and write box.
            labels: (h, w) of the read box, 0 = nodata.
            truth: (h, w) of the read box.
            valid: (h, w) where the truth is to be counted.
        """
        valid = valid & (labels != 0)
        core = tile.write.slices(tile.read)
        self._boundaries += count_boundaries(labels, truth, valid, self._tolerance, core)
        ours = self._ours.add(tile.write, labels[core], valid[core]).names
        theirs = self._theirs.add(tile.write, truth[core], valid[core]).names
        self._pairs.add(ours, theirs)
        return self

    def finish(self) -> Counts:
        """Return the counts, once all tiles have been added."""
        ours, theirs = self._ours.finish(), self._theirs.finish()
        # Objects have one label and one class each, so their table holds all others.
        objects = self._pairs.table().renamed(ours.names, theirs.names)
        segments = objects.renamed(classes=theirs.numbers)
        return Counts(
            table=segments.renamed(labels=ours.numbers),
            boundaries=self._boundaries,
            segments=count_segments(segments),
            objects=count_objects(objects, theirs.numbers, self._pixel_area, self._edges),
        )


def compare(
    labels: NDArray[np.integer],
    truth: NDArray[np.integer],
    valid: NDArray[np.bool_] | None = None,
    tolerance: Tolerance | None = None,
) -> Counts:
    """Count over a map that is in memory.

    Args:
        labels: (h, w) whole numbers, 0 = nodata.
        truth: (h, w) whole numbers.
        valid: (h, w) where the truth is to be counted; None: everywhere.
        tolerance: of boundaries; None: 5 px.
    """
    whole = np.ones(labels.shape, dtype=np.bool_) if valid is None else valid
    tile = Grid(labels.shape, max(labels.shape), 0)[0]
    comparison = Comparison(labels.shape[1], tolerance or Tolerance(5.0))
    return comparison.add(tile, labels, truth, whole).finish()
