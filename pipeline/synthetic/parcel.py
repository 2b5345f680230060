"""The parcels of a scene: rectangles of the warped frame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from pipeline.synthetic.cover import Cover

_PARCEL = 250
"""Parcels with both sides shorter than this are cut no further, in pixels."""

Rectangle = tuple[float, float, float, float]
"""v from, u from, v to, u to."""


class Use(Enum):
    """What a parcel is for."""

    FIELD = auto()
    YARD = auto()
    WOOD = auto()
    ROAD = auto()
    MARKING = auto()


# The order of the parcels is drawn, but every round has all of these.
_ROUND = (
    (Use.FIELD, Cover.MEADOW),
    (Use.FIELD, Cover.MEADOW),
    (Use.FIELD, Cover.WHEAT),
    (Use.FIELD, Cover.WHEAT),
    (Use.FIELD, Cover.SOIL),
    (Use.FIELD, Cover.MAIZE),
    (Use.FIELD, Cover.MAIZE),
    (Use.FIELD, Cover.VINES),
    (Use.FIELD, Cover.VINES),
    (Use.YARD, Cover.MEADOW),
    (Use.YARD, Cover.MEADOW),
    (Use.YARD, Cover.MEADOW),
    (Use.WOOD, Cover.MEADOW),
    (Use.WOOD, Cover.MEADOW),
)


@dataclass(frozen=True)
class Parcel:
    """A rectangle, in pixels of the warped frame, and what it is."""

    use: Use
    cover: Cover
    rectangle: Rectangle


def draw_parcels(rng: np.random.Generator, blocks: Sequence[Rectangle]) -> list[Parcel]:
    """Cut blocks into parcels and draw what each is."""
    leaves = [leaf for block in blocks for leaf in _cut(rng, block)]
    kinds: list[tuple[Use, Cover]] = []
    while len(kinds) < len(leaves):
        kinds += [_ROUND[index] for index in rng.permutation(len(_ROUND))]
    return [Parcel(use, cover, leaf) for (use, cover), leaf in zip(kinds, leaves, strict=False)]


def _cut(rng: np.random.Generator, block: Rectangle) -> Iterator[Rectangle]:
    top, left, bottom, right = block
    if max(bottom - top, right - left) < _PARCEL:
        yield block
        return
    share = rng.uniform(0.38, 0.62)
    if bottom - top > right - left:
        middle = top + share * (bottom - top)
        halves = ((top, left, middle, right), (middle, left, bottom, right))
    else:
        middle = left + share * (right - left)
        halves = ((top, left, bottom, middle), (top, middle, bottom, right))
    for half in halves:
        yield from _cut(rng, half)
