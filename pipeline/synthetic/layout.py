"""The plan of a scene: roads, blocks between them, parcels within the blocks."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.cover import Cover
from pipeline.synthetic.noise import Floats
from pipeline.synthetic.parcel import Parcel, Rectangle, Use, draw_parcels
from pipeline.synthetic.warp import Warp

_BLOCK = 450
"""Distance of roads, about, in pixels."""

_VERGE = 7
"""Strip of meadow on either side of a road, in pixels."""

_BALK = 2
"""Strip of meadow along each side of a parcel, in pixels."""

_DASH, _PERIOD = 12, 32
"""The broken line in a road's middle, in pixels."""

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Layout:
    """The frame, the parcels, and which parcel is where; later parcels lie above earlier ones."""

    warp: Warp
    parcels: tuple[Parcel, ...]
    plan: Ids
    """Index of the parcel at every whole v and u, both counted from minus the warp's margin."""

    def parcel_ids(self, v: Floats, u: Floats) -> Ids:
        """Return the index into `parcels` at places of the frame."""
        margin = self.warp.margin
        return self.plan[(v + margin).astype(np.intp), (u + margin).astype(np.intp)]

    def of(self, use: Use) -> list[Rectangle]:
        """Return the rectangles of all parcels of one use."""
        return [parcel.rectangle for parcel in self.parcels if parcel.use is use]


def draw_layout(rng: np.random.Generator, shape: tuple[int, int]) -> Layout:
    """Draw the plan of a scene of `shape` (h, w)."""
    warp = Warp.draw(rng, shape)
    top, left, bottom, right = -warp.margin, -warp.margin, shape[0] + warp.margin, shape[1] + warp.margin
    across, down = (_centres(rng, length) for length in shape)
    roads: list[Rectangle] = []
    for v in across:
        half = rng.uniform(8, 12)
        roads.append((v - half, left, v + half, right))
    for u in down:
        half = rng.uniform(8, 12)
        roads.append((top, u - half, bottom, u + half))
    blocks = [
        (v0, u0, v1, u1) for v0, v1 in pairwise((top, *across, bottom)) for u0, u1 in pairwise((left, *down, right))
    ]
    parcels = (
        Parcel(Use.FIELD, Cover.MEADOW, (top, left, bottom, right)),
        *(Parcel(it.use, it.cover, _grown(it.rectangle, -_BALK)) for it in draw_parcels(rng, blocks)),
        *(Parcel(Use.FIELD, Cover.MEADOW, _grown(road, _VERGE)) for road in roads),
        *(Parcel(Use.ROAD, Cover.ROAD, road) for road in roads),
        *(Parcel(Use.MARKING, Cover.ROAD, _middle(road)) for road in roads),
    )
    return Layout(warp, parcels, _painted(warp, parcels))


def _centres(rng: np.random.Generator, length: int) -> list[float]:
    count = max(1, round(length / _BLOCK))
    return [(place + 0.5 + rng.uniform(-0.15, 0.15)) * length / count for place in range(count)]


def _grown(rectangle: Rectangle, margin: float) -> Rectangle:
    top, left, bottom, right = rectangle
    return top - margin, left - margin, bottom + margin, right + margin


def _middle(road: Rectangle) -> Rectangle:
    top, left, bottom, right = road
    if bottom - top < right - left:
        return (top + bottom) / 2 - 1, left, (top + bottom) / 2 + 1, right
    return top, (left + right) / 2 - 1, bottom, (left + right) / 2 + 1


def _painted(warp: Warp, parcels: tuple[Parcel, ...]) -> Ids:
    margin = warp.margin
    plan = np.zeros([length + 2 * margin for length in warp.shape], np.int32)
    for index, parcel in enumerate(parcels):
        top, left, bottom, right = (max(round(edge) + margin, 0) for edge in parcel.rectangle)
        area = plan[top:bottom, left:right]
        if parcel.use is Use.MARKING:
            dashes = np.arange(max(area.shape)) % _PERIOD < _DASH
            area[dashes if area.shape[0] > area.shape[1] else np.s_[:, dashes]] = index
        else:
            area[...] = index
    return plan
