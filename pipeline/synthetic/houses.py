"""Houses with their roofs, and pools: the things people put in their yards."""

from math import ceil, cos, hypot, pi, sin

import numpy as np

from pipeline.synthetic.canvas import Canvas, Stamp
from pipeline.synthetic.cover import LAST_GROUND, Cover
from pipeline.synthetic.layout import Layout
from pipeline.synthetic.parcel import Use
from pipeline.synthetic.warp import Numbers

_PLOT = 72
"""Distance of houses, in pixels."""

_ROOFS = ((158, 92, 72), (146, 82, 66), (120, 122, 126), (96, 98, 102), (172, 168, 160), (124, 104, 90))
_POOL = np.array((74, 158, 192), np.float64)

_POOLS = 0.0018
"""Share of the scene that pools cover."""


def paint_houses(rng: np.random.Generator, canvas: Canvas, layout: Layout) -> None:
    """Put a house on most plots of every yard, unless water or a road is there."""
    for top, left, bottom, right in layout.of(Use.YARD):
        for v in np.arange(top + _PLOT / 2, bottom - _PLOT / 3, _PLOT):
            for u in np.arange(left + _PLOT / 2, right - _PLOT / 3, _PLOT):
                jitter_v, jitter_u, length, width, angle, kind = rng.uniform(size=6)
                y, x = layout.warp.pixels(v + 8 * jitter_v - 4, u + 8 * jitter_u - 4)
                # Along the parcel or across it, and a little askew.
                turn = pi / 2 * (kind > 0.5) + 0.7 * angle - 0.35  # noqa: PLR2004 - one in two
                roof = hip_roof(34 + 18 * length, 22 + 10 * width, turn)
                if _on_open_ground(canvas, roof, float(y), float(x)):
                    canvas.cast(roof, float(y), float(x), height=11)
                    colour = np.array(_ROOFS[int(kind * 2 * len(_ROOFS)) % len(_ROOFS)]) * rng.uniform(0.9, 1.1)
                    canvas.paint(roof, float(y), float(x), Cover.ROOF, colour)


def paint_pools(rng: np.random.Generator, canvas: Canvas, layout: Layout) -> None:
    """Dig pools until they cover their share of the scene, in yards where there are any."""
    v, u = layout.warp.frame()
    yards = np.array([parcel.use is Use.YARD for parcel in layout.parcels])[layout.parcel_ids(v, u)]
    ground = canvas.truth <= LAST_GROUND
    wanted = round(_POOLS * canvas.truth.size)
    # In a small scene the one pool is small.
    side = min(13.0, wanted**0.5)
    tries = 200 + wanted // 10
    places = np.concatenate(
        [
            rng.choice(area, size=min(area.size, tries), replace=False)
            for area in (np.flatnonzero(ground & yards), np.flatnonzero(ground & ~yards))
        ]
    )
    for place in places:
        if wanted <= 0:
            return
        y, x = divmod(int(place), canvas.truth.shape[1])
        pool = _basin(side * rng.uniform(1, 1.5), side * rng.uniform(0.7, 1), rng.uniform(0, pi))
        if _on_open_ground(canvas, pool, y, x):
            canvas.paint(pool, y, x, Cover.POOL, _POOL * rng.uniform(0.95, 1.05))
            wanted -= int(pool.mask.sum())


def hip_roof(length: float, width: float, turn: float) -> Stamp:
    """Return a roof whose four faces differ in light; sides in pixels, `turn` in radians."""
    along, across = _turned(length, width, turn)
    mask = (np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)
    ends = np.abs(along) - (length - width) / 2 > np.abs(across)
    # Downhill directions of the faces, as rows and columns; the sun stands in the east-south-east.
    down_y = np.where(ends, np.sign(along) * sin(turn), np.sign(across) * cos(turn))
    down_x = np.where(ends, np.sign(along) * cos(turn), -np.sign(across) * sin(turn))
    light = 1 + 0.2 * (0.53 * down_y + 0.85 * down_x)
    # Courses of tiles run along the eaves.
    light += 0.04 * np.cos(np.where(ends, along, across) * 2 * pi / 3.5)
    return Stamp(mask, light.astype(np.float32))


def _basin(length: float, width: float, turn: float) -> Stamp:
    along, across = _turned(length, width, turn)
    mask = (np.abs(2 * along / length) ** 3 + np.abs(2 * across / width) ** 3) <= 1
    return Stamp(mask, (1 + 0.12 * along / length).astype(np.float32))


def _turned(length: float, width: float, turn: float) -> tuple[Numbers, Numbers]:
    reach = ceil(hypot(length, width) / 2)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return x * cos(turn) + y * sin(turn), y * cos(turn) - x * sin(turn)


def _on_open_ground(canvas: Canvas, stamp: Stamp, y: float, x: float) -> bool:
    covers = canvas.covers(stamp, y, x)
    return bool(covers.size == stamp.mask.sum() and (covers <= LAST_GROUND).all())
