"""Polygons as arrays of their places, and back."""

import numpy as np
import shapely
from numpy.typing import NDArray

Rings = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]
"""Places (m, 2) of all rings; where each ring begins; with which ring each polygon begins; ends are added to both."""


def take_apart(polygons: NDArray[np.object_]) -> Rings:
    """Return the rings of polygons (n,), of which there may be none."""
    if not len(polygons):
        return np.zeros((0, 2)), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    _, places, (rings, owners) = shapely.to_ragged_array(polygons.tolist())
    return places, rings.astype(np.int64), owners.astype(np.int64)


def put_together(
    places: NDArray[np.float64], rings: NDArray[np.int64], owners: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Return the polygons (n,) of rings, as `Rings` has them."""
    polygons: NDArray[np.object_] = shapely.from_ragged_array(shapely.GeometryType.POLYGON, places, (rings, owners))
    return polygons


def chosen(found: Rings, which: NDArray[np.bool_]) -> Rings:
    """Return the rings of those of n polygons for which `which` (n,) is true."""
    places, rings, owners = found
    kept = np.repeat(which, np.diff(owners))
    corners = places[np.repeat(kept, np.diff(rings))]
    return corners, _ends(np.diff(rings)[kept]), _ends(np.diff(owners)[which])


def _ends(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)])
