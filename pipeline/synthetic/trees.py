"""Trees: woods, hedges along the roads and single crowns in the yards, each with its shadow."""

from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.canvas import Canvas, Stamp
from pipeline.synthetic.cover import LAST_GROUND, Cover
from pipeline.synthetic.layout import Layout
from pipeline.synthetic.noise import smooth_noise
from pipeline.synthetic.parcel import Rectangle, Use
from pipeline.synthetic.warp import Numbers

_SHAPES = 16
"""Number of different crowns."""

_GREENS = np.array(((62, 80, 48), (74, 88, 50), (54, 76, 54), (82, 90, 58)), np.float64)


def paint_trees(rng: np.random.Generator, canvas: Canvas, layout: Layout) -> None:
    """Plant trees wherever their crown hides no road, roof, pool or water; all shadows lie below all crowns."""
    crowns = [crown(rng, rng.uniform(6, 15)) for _ in range(_SHAPES)]
    spots = np.concatenate(
        [np.zeros((0, 2))]
        + [_spots(rng, wood, spacing=17, share=0.9) for wood in layout.of(Use.WOOD)]
        + [_spots(rng, yard, spacing=34, share=0.35) for yard in layout.of(Use.YARD)]
        + [_hedge(rng, road) for road in layout.of(Use.ROAD)]
    )
    y, x = layout.warp.pixels(spots[:, 0], spots[:, 1])
    which = rng.integers(_SHAPES, size=len(spots))
    trees = [(crowns[it], float(row), float(column)) for it, row, column in zip(which, y, x, strict=True)]
    trees = [tree for tree in trees if _free(canvas.covers(*tree))]
    for stamp, row, column in trees:
        canvas.cast(stamp, row, column, height=0.9 * stamp.mask.shape[0] / 2 + 4)
    for (stamp, row, column), green, bright in zip(
        trees, rng.integers(len(_GREENS), size=len(trees)), rng.uniform(0.85, 1.2, len(trees)), strict=True
    ):
        canvas.paint(stamp, row, column, Cover.TREES, _GREENS[green] * bright)


def crown(rng: np.random.Generator, radius: float) -> Stamp:
    """Return a leafy crown: a dome with an uneven rim, bright towards the sun."""
    reach = ceil(radius * 1.3)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    angle = np.arctan2(y, x)
    rim = np.full(angle.shape, radius)
    for lobes in (3, 5, 8):
        rim *= 1 + 0.07 * np.sin(lobes * angle + rng.uniform(0, 2 * pi))
    away = np.hypot(y, x) / rim
    sunny = (0.53 * y + 0.85 * x) / radius
    leaves = smooth_noise(rng, angle.shape, 4) + 0.6 * smooth_noise(rng, angle.shape, 2)
    light = 1.05 - 0.25 * away**2 + 0.3 * sunny + 0.28 * leaves
    return Stamp(away <= 1, np.maximum(light, 0.3).astype(np.float32))


def _spots(rng: np.random.Generator, parcel: Rectangle, spacing: float, share: float) -> Numbers:
    """Draw v and u (n, 2) of a share of the nodes of a jittered lattice."""
    top, left, bottom, right = parcel
    v, u = np.meshgrid(np.arange(top, bottom, spacing), np.arange(left, right, spacing), indexing="ij")
    nodes = np.stack([v.ravel(), u.ravel()], axis=1)
    nodes = nodes[rng.uniform(size=len(nodes)) < share]
    return nodes + rng.uniform(-0.45, 0.45, nodes.shape) * spacing


def _hedge(rng: np.random.Generator, road: Rectangle) -> Numbers:
    top, left, bottom, right = road
    level = bottom - top < right - left
    places = np.arange(*((left, right) if level else (top, bottom)), 26.0)
    places = places[rng.uniform(size=len(places)) < 0.35]  # noqa: PLR2004 - gaps are longer than the rows between
    sides = np.where(rng.uniform(size=len(places)) < 0.5, -1, 1) * rng.uniform(20, 26, len(places))  # noqa: PLR2004
    middle = (top + bottom) / 2 if level else (left + right) / 2
    return np.stack([middle + sides, places] if level else [places, middle + sides], axis=1)


def _free(covers: NDArray[np.uint8]) -> bool:
    # A crown wholly outside would lay its shadow on ground that was never looked at, such as water.
    return bool(covers.size and (covers <= LAST_GROUND).all())
