"""Where a scene lies, as GeoJSON says it (RFC 7946)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon, affinity, box, get_coordinates, union_all
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

# A ten-millionth of a degree is a centimetre.
_GRID = 1e-7
# Edges of rasters whose outermost pixels have their centres on a pole lie beyond it.
_BEYOND = 1.0
# A scene of one row keeps two sides, however wide its pixels are.
_SIDE = 8
_POLE, _TURN = 90.0, 360.0


@dataclass(frozen=True)
class Footprint:
    """The ground that a scene covers."""

    geometry: dict[str, Any]
    """A Polygon; a MultiPolygon where the antimeridian cuts it. Outer rings run counter-clockwise."""

    bbox: list[float]
    """West, south, east, north; west is the larger one where the antimeridian lies between them."""


def footprint(outline: NDArray[np.float64], perimeter: int) -> Footprint | None:
    """Return the ground within an outline.

    Points that half a pixel would hide are left out, so that a scene of a few kilometres keeps four.

    Args:
        outline: (n, 2) longitudes and latitudes in degrees around the scene once; two that follow one another lie
            less than half a turn apart.
        perimeter: of the scene, in pixels.

    Returns:
        None where the outline is none of a piece of the earth: it crosses itself, has no area, or leaves the globe.
    """
    if np.abs(outline[:, 1]).max() > _POLE + _BEYOND:
        return None
    ring = np.vstack([outline, outline[:1]])
    ring = np.column_stack([np.unwrap(ring[:, 0], period=_TURN), ring[:, 1].clip(-_POLE, _POLE)])
    around_pole = abs(ring[-1, 0] - ring[0, 0]) > _TURN / 2
    if not around_pole:
        # Unwrapping rounds, and a ring must end where it began.
        ring[-1] = ring[0]
    line = LineString(ring)
    hidden = min(line.length / perimeter / 2, np.ptp(ring, axis=0).min() / _SIDE)
    ring = get_coordinates(line.simplify(hidden))
    if around_pole:
        # The plane of longitudes and latitudes has an edge there.
        pole = float(np.copysign(_POLE, ring[:, 1].mean()))
        ring = np.vstack([ring, [(ring[-1, 0], pole), (ring[0, 0], pole)]])
    whole = Polygon(ring)
    if not whole.is_valid:
        return None
    ground = _cut(whole)
    if ground.is_empty:
        return None
    west, south, east, north = whole.bounds
    if around_pole or east - west > _TURN - _GRID:
        west, east = -_TURN / 2, _TURN / 2
    bbox = [_rounded(_wrapped(west)), _rounded(south), _rounded(-_wrapped(-east)), _rounded(north)]
    return Footprint({"type": ground.geom_type, "coordinates": _lists(mapping(ground)["coordinates"])}, bbox)


def _cut(whole: Polygon) -> Polygon | MultiPolygon:
    """Cut a polygon at every antimeridian, and put the pieces between -180 and 180 degrees."""
    first, last = (int((edge + _TURN / 2) // _TURN) for edge in (whole.bounds[0], whole.bounds[2]))
    globe = box(-_TURN / 2, -_POLE, _TURN / 2, _POLE)
    pieces = [affinity.translate(whole, -turn * _TURN).intersection(globe) for turn in range(first, last + 1)]
    ground = union_all(pieces, grid_size=_GRID)
    # A polygon that only touches the antimeridian leaves a line on its other side.
    parts = [orient(part) for part in getattr(ground, "geoms", [ground]) if part.area > 0]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _wrapped(longitude: float) -> float:
    """Return a western edge as one of -180 to less than 180 degrees."""
    return (longitude + _TURN / 2) % _TURN - _TURN / 2


def _rounded(degrees: float) -> float:
    return round(degrees, 7) + 0.0


def _lists(coordinates: Any) -> Any:  # noqa: ANN401 - nested as deep as the geometry is
    return [_lists(one) for one in coordinates] if isinstance(coordinates, list | tuple) else _rounded(coordinates)
