"""Polygons of objects that come box by box, put together where an object goes on in the next box."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

Outlined = tuple[NDArray[np.int64], NDArray[np.object_]]
"""Objects (n,) and the polygon of each (n,)."""


@dataclass
class Assembly:
    """Parts of objects that are not whole yet; no more of them are held than lie across the front of boxes."""

    pixels: NDArray[np.int64]
    """(k + 1,) of every object, by which it is known when one is whole."""

    _parts: dict[int, list[shapely.Geometry]] = field(default_factory=dict)
    _missing: dict[int, int] = field(default_factory=dict)

    def add(self, names: NDArray[np.int64], polygons: NDArray[np.object_]) -> Outlined:
        """Take the polygons of a box; return those of the objects that are whole now, in the order of their numbers.

        Args:
            names: (n,) object of each.
            polygons: (n,), in whole columns and rows.
        """
        areas = np.rint(shapely.area(polygons)).astype(np.int64)
        whole = areas == self.pixels[names]
        done, shown = [names[whole]], [polygons[whole]]
        for name, polygon, area in zip(names[~whole].tolist(), polygons[~whole], areas[~whole].tolist(), strict=True):
            self._parts.setdefault(name, []).append(polygon)
            self._missing[name] = self._missing.get(name, int(self.pixels[name])) - area
            if not self._missing[name]:
                done.append(np.array([name], dtype=np.int64))
                shown.append(np.array([_joined(self._parts.pop(name))], dtype=object))
                del self._missing[name]
        found, outlined = np.concatenate(done), np.concatenate(shown)
        order = np.argsort(found, kind="stable")
        return found[order], outlined[order]

    def finish(self) -> None:
        """Raise ValueError if an object never became whole."""
        if self._missing:
            raise ValueError(f"objects {sorted(self._missing)} have fewer pixels than their table says")


def _joined(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Return the union of parts that share sides, without the corners that only the boxes' borders made."""
    return straightened(shapely.union_all(parts))


def straightened(polygon: shapely.Geometry) -> shapely.Geometry:
    """Return a polygon of level and upright sides without the corners that lie within a side."""
    rings = []
    for ring in (polygon.exterior, *polygon.interiors):
        places = shapely.get_coordinates(ring)[:-1]
        before, after = np.roll(places, 1, axis=0), np.roll(places, -1, axis=0)
        turns = ~((before[:, 0] == after[:, 0]) | (before[:, 1] == after[:, 1]))
        rings.append(places[turns])
    return shapely.Polygon(rings[0], rings[1:])
