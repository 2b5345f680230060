"""Polygons of objects that come box by box, put together where an object goes on in the next box."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.stitch.rings import put_together, take_apart

Outlined = tuple[NDArray[np.int64], NDArray[np.object_]]
"""Objects (n,) and the polygon of each (n,)."""


@dataclass
class Assembly:
    """Parts of objects that are not whole yet; no more of them are held than lie across the front of boxes."""

    pixels: NDArray[np.int64]
    """(k + 1,) of every object, by which it is known when one is whole."""

    _parts: dict[int, list[shapely.Geometry]] = field(default_factory=dict)
    _missing: dict[int, int] = field(default_factory=dict)

    def add(self, names: NDArray[np.int64], polygons: NDArray[np.object_], box: Box) -> Outlined:
        """Take the polygons of a box; return those of the objects that are whole now, in the order of their numbers.

        Args:
            names: (n,) object of each.
            polygons: (n,), in whole columns and rows.
            box: what they lie in.
        """
        areas = np.rint(shapely.area(polygons)).astype(np.int64)
        whole = areas == self.pixels[names]
        done, together = [names[whole]], [polygons[whole]]
        parts = _with_corners_along(box, polygons[~whole])
        joined: dict[int, shapely.Geometry] = {}
        for name, part, area in zip(names[~whole].tolist(), parts, areas[~whole].tolist(), strict=True):
            self._parts.setdefault(name, []).append(part)
            self._missing[name] = self._missing.get(name, int(self.pixels[name])) - area
            if not self._missing[name]:
                joined[name] = shapely.get_geometry(shapely.coverage_union_all(self._parts.pop(name)), 0)
                del self._missing[name]
        done.append(np.array(list(joined), dtype=np.int64))
        together.append(straightened(np.array(list(joined.values()), dtype=object)))
        found, outlined = np.concatenate(done), np.concatenate(together)
        order = np.argsort(found, kind="stable")
        return found[order], outlined[order]

    def finish(self) -> None:
        """Raise ValueError if an object never became whole."""
        if self._missing:
            raise ValueError(f"objects {sorted(self._missing)} have fewer pixels than their table says")


def straightened(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons (n,) of level and upright sides without the corners that lie within a side."""
    places, rings, owners = take_apart(polygons)
    starts, ends = rings[:-1], rings[1:] - 1
    before, after = np.roll(places, 1, axis=0), np.roll(places, -1, axis=0)
    # The last place of a ring is the first.
    before[starts], after[ends] = places[ends - 1], places[starts + 1]
    turns = ~((before[:, 0] == after[:, 0]) | (before[:, 1] == after[:, 1]))
    # A ring that began within a side begins at its first turn, and ends there.
    turns[ends] = False
    kept = np.concatenate([[0], np.cumsum(turns)])
    firsts = np.flatnonzero(turns)[kept[starts]]
    order = np.argsort(np.concatenate([np.flatnonzero(turns), ends]), kind="stable")
    corners = np.concatenate([places[turns], places[firsts]])[order]
    return put_together(corners, np.concatenate([[0], np.cumsum(np.diff(kept[rings]) + 1)]), owners)


def _with_corners_along(box: Box, polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons (n,) with a corner at every pixel of the box's edge, so that those beyond have the same there."""
    places, rings, owners = take_apart(polygons)
    steps = np.diff(places, axis=0, append=places[-1:])
    edge = np.zeros(len(places), dtype=np.bool_)
    for axis, lines in enumerate(((box.left, box.right), (box.top, box.bottom))):
        edge |= (steps[:, axis] == 0) & np.isin(places[:, axis], lines)
    edge[rings[1:] - 1] = False
    counts = np.where(edge, np.abs(steps).sum(axis=1), 1).astype(np.int64)
    ends = np.cumsum(counts)
    along = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    corners = np.repeat(places, counts, axis=0) + np.repeat(np.sign(steps), counts, axis=0) * along[:, None]
    return put_together(corners, np.concatenate([[0], ends])[rings], owners)
