"""What several scenes cover together, in space and in time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

_EARTH = [-180.0, -90.0, 180.0, 90.0]
_TURN = 360.0


def cover(boxes: Sequence[Sequence[float]]) -> list[float]:
    """Return the smallest box that covers some.

    Args:
        boxes: west, south, east, north in degrees each; west is the larger one where the antimeridian lies between.

    Returns:
        Of the same form. Of no boxes, the whole earth: where scenes without a place lie nobody knows.
    """
    if not boxes:
        return list(_EARTH)
    # Around the globe: the widest gap that no box is in is the one to leave out.
    arcs = sorted((west, east if east >= west else east + _TURN) for west, _, east, _ in boxes)
    reached, gaps = max(east for _, east in arcs) - _TURN, []
    for west, east in arcs:
        gaps.append((west - reached, reached, west))
        reached = max(reached, east)
    width, end, start = max(gaps)
    south, north = min(box[1] for box in boxes), max(box[3] for box in boxes)
    if width <= 0:
        return [-_TURN / 2, south, _TURN / 2, north]
    return [_west(start), south, -_west(-end), north]


def spans(properties: Iterable[Mapping[str, Any]]) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last time of some items, open at both ends where one of them is not known."""
    times = [one["datetime"] for one in properties]
    if None in times:
        return None, None
    moments = [datetime.fromisoformat(time) for time in times]
    return min(moments), max(moments)


def _west(longitude: float) -> float:
    """Return an edge as one of -180 to less than 180 degrees."""
    return round((longitude + _TURN / 2) % _TURN - _TURN / 2, 7)
