"""The outlines of a box's regions: of some all is known there, others may go on beyond the box."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.stitch.objects import Ground
from pipeline.stitch.perimeter import perimeters
from pipeline.stitch.rings import Rings, chosen, put_together

ToMap = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From places (n, 2) in columns and rows of the raster to where they lie on the map."""


@dataclass(frozen=True)
class Outlines:
    """Polygons of regions, as arrays."""

    names: NDArray[np.int64]
    """(n,) regions that are whole."""

    shapes: NDArray[np.uint8]
    """Their polygons one after the other, as well-known binary, where the map lies."""

    ends: NDArray[np.int64]
    """(n + 1,) where each of them begins, and the last one ends."""

    lengths: NDArray[np.float64]
    """(n,) their perimeters, on the ground."""

    open_names: NDArray[np.int64]
    """(m,) regions that may go on in other boxes, each as often as it has parts here."""

    places: NDArray[np.float64]
    """As `Rings` of these has them, in columns and rows of the raster."""

    rings: NDArray[np.int64]
    owners: NDArray[np.int64]

    @classmethod
    def of(
        cls, numbers: NDArray[np.integer], drawn: tuple[NDArray[np.int64], Rings], to_map: ToMap | None, ground: Ground
    ) -> "Outlines":
        """Tell the regions of a box that are whole from those that touch its sides.

        Args:
            numbers: (h, w) regions, 0 outside.
            drawn: names of all regions, and their rings, in columns and rows of the raster.
            to_map: from there to the map; None: polygons are needed as they are, so that none counts as whole.
            ground: of the raster's rows.
        """
        names, rings = drawn
        sides = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
        apart = np.isin(names, np.unique(sides)) if to_map is not None else np.ones(len(names), dtype=np.bool_)
        whole = chosen(rings, ~apart)
        shapes = to_binary(whole, to_map) if to_map is not None else np.zeros(0, dtype=object)
        ends = np.cumsum([0, *map(len, shapes.tolist())])
        packed = np.frombuffer(b"".join(shapes.tolist()), dtype=np.uint8)
        return cls(names[~apart], packed, ends, perimeters(whole, ground), names[apart], *chosen(rings, apart))

    def renamed(self, objects: NDArray[np.integer]) -> "Outlines":
        """Return the same of the objects (k + 1,) that the regions are part of."""
        of_whole, of_open = (objects[names].astype(np.int64) for names in (self.names, self.open_names))
        return replace(self, names=of_whole, open_names=of_open)

    @property
    def binary(self) -> NDArray[np.object_]:
        """(n,) polygons of the whole regions, as well-known binary."""
        content, ends = self.shapes.tobytes(), self.ends.tolist()
        found = np.empty(len(self.names), dtype=object)
        found[:] = [content[start:end] for start, end in pairwise(ends)]
        return found

    @property
    def polygons(self) -> NDArray[np.object_]:
        """(m,) polygons of the regions that may go on, in columns and rows of the raster."""
        return put_together(self.places, self.rings, self.owners)


def to_binary(found: Rings, to_map: ToMap) -> NDArray[np.object_]:
    """Return polygons (n,) as well-known binary, from columns and rows of the raster to where the map lies."""
    places, *ends = found
    binary: NDArray[np.object_] = shapely.to_wkb(put_together(to_map(places), *ends))
    return binary
