"""Which scenes belong together: those that touch or overlap, on one lattice of pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.box import Box
from pipeline.raster.spec import RasterSpec


@dataclass(frozen=True)
class Group:
    """Scenes that touch or overlap, directly or by way of others; or one that stands alone."""

    members: tuple[int, ...]
    """Indices of the scenes, rising."""

    boxes: tuple[Box, ...]
    """Where each lies, counted from the group's upper left corner."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of all together."""
        return max(box.bottom for box in self.boxes), max(box.right for box in self.boxes)


def find_groups(specs: Sequence[RasterSpec]) -> list[Group]:
    """Put scenes together that touch or overlap, at a corner at least.

    Scenes without a transform, in another reference system or with other pixels stand alone, wherever they lie.

    Returns:
        Groups in the order of their first members; every scene is in one.
    """
    near: list[list[tuple[int, int, int]]] = [[] for _ in specs]
    for first, second, (row, column) in _pairs(specs):
        near[first].append((second, row, column))
        near[second].append((first, -row, -column))
    groups, seen = [], np.zeros(len(specs), dtype=np.bool_)
    for start in range(len(specs)):
        if seen[start]:
            continue
        seen[start] = True
        places, waiting = {start: (0, 0)}, [start]
        while waiting:
            here = waiting.pop()
            for other, row, column in near[here]:
                if not seen[other]:
                    seen[other] = True
                    places[other] = places[here][0] + row, places[here][1] + column
                    waiting.append(other)
        groups.append(_group(specs, places))
    return groups


def _group(specs: Sequence[RasterSpec], places: dict[int, tuple[int, int]]) -> Group:
    top, left = min(row for row, _ in places.values()), min(column for _, column in places.values())
    members = tuple(sorted(places))
    boxes = [specs[member].scene.shifted(places[member][0] - top, places[member][1] - left) for member in members]
    return Group(members, tuple(boxes))


def _pairs(specs: Sequence[RasterSpec]) -> Iterator[tuple[int, int, tuple[int, int]]]:
    """Yield every two scenes that belong together, and the steps from the one's corner to the other's."""
    placed = np.array([number for number, spec in enumerate(specs) if spec.bounds is not None], dtype=np.int64)
    # Wider by a pixel, so that rounded coordinates part no two that touch.
    bounds = np.array([_widened(specs[number]) for number in placed]).reshape(-1, 4)
    order = np.argsort(bounds[:, 0], kind="stable")
    placed, bounds = placed[order], bounds[order]
    ends = np.searchsorted(bounds[:, 0], bounds[:, 2], side="right")
    for place, end in enumerate(ends.tolist()):
        others = bounds[place + 1 : end]
        meets = (others[:, 1] <= bounds[place, 3]) & (others[:, 3] >= bounds[place, 1])
        for other in (np.flatnonzero(meets) + place + 1).tolist():
            first, second = int(placed[place]), int(placed[other])
            steps = specs[first].steps_to(specs[second])
            if steps is not None and _touch(specs[first].scene, specs[second].scene.shifted(*steps)):
                yield first, second, steps


def _widened(spec: RasterSpec) -> tuple[float, float, float, float]:
    (left, bottom, right, top), (a, b, _, d, e, _) = spec.bounds or (0, 0, 0, 0), spec.transform or (0,) * 6
    across, up = abs(a) + abs(b), abs(d) + abs(e)
    return left - across, bottom - up, right + across, top + up


def _touch(first: Box, second: Box) -> bool:
    return max(first.top, second.top) <= min(first.bottom, second.bottom) and max(first.left, second.left) <= min(
        first.right, second.right
    )
