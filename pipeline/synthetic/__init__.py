"""A synthetic aerial scene of known truth: fields, roads, roofs, pools, water and trees at 0.3 m per pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.camera import photograph
from pipeline.synthetic.cover import Cover
from pipeline.synthetic.ground import paint_ground, paint_water
from pipeline.synthetic.houses import paint_houses, paint_pools
from pipeline.synthetic.layout import draw_layout
from pipeline.synthetic.trees import paint_trees

__all__ = ["NAMES", "SMALLEST", "Cover", "Scene", "make_scene"]

NAMES = tuple(cover.name.lower() for cover in Cover)
"""Names of the classes; class k of the truth is NAMES[k - 1]."""

SMALLEST = 64
"""Fewest rows and columns of a scene."""


@dataclass(frozen=True)
class Scene:
    """A picture and what is on it."""

    image: NDArray[np.uint8]
    """Red, green and blue, shape (3, h, w)."""
    truth: NDArray[np.uint8]
    """Class of every pixel, shape (h, w), 1 to len(names); a shadow belongs to what it falls on."""
    names: tuple[str, ...] = NAMES
    """Class k is names[k - 1]."""


def make_scene(shape: tuple[int, int] = (1000, 1000), seed: int = 0) -> Scene:
    """Draw a scene; it depends on the shape and the seed alone.

    Things have the size they have at 0.3 m per pixel, so a larger scene shows more of them; one of 1000 x 1000
    pixels has every class. Maize and vines have one mean colour and differ in their pattern only; pools are small,
    bright and rare (about 0.2 % of the pixels).

    Args:
        shape: Rows and columns, at least 64 each.
        seed: Number that all chance follows from.

    Raises:
        ValueError: the shape is too small.
    """
    if min(shape) < SMALLEST:
        raise ValueError(f"Scene shape must be at least {SMALLEST} x {SMALLEST}, got {shape}")
    # Each stage has its own stream, so that a change of one leaves the others as they are.
    layout_rng, ground_rng, house_rng, tree_rng, camera_rng = np.random.default_rng(seed).spawn(5)
    layout = draw_layout(layout_rng, shape)
    canvas = paint_ground(ground_rng, layout)
    paint_water(ground_rng, canvas)
    paint_houses(house_rng, canvas, layout)
    paint_pools(house_rng, canvas, layout)
    paint_trees(tree_rng, canvas, layout)
    return Scene(photograph(camera_rng, canvas), canvas.truth)
