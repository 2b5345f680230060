"""A level of the class tree as classes of their own, with names and colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.stitch.classes import Classes, rounded
from pipeline.stitch.tree import FEWEST, Tree, cut


@dataclass(frozen=True)
class Finest:
    """Classes 1 to K of a scene, before any are merged."""

    classes: Classes
    tree: Tree
    pixels: tuple[int, ...]
    """Of each class."""


@dataclass(frozen=True)
class Level:
    """Some number of classes, and which of them each of the finest classes belongs to."""

    lookup: NDArray[np.int64]
    """(K + 1,): index 0 = outside = 0."""

    classes: Classes

    def pixels(self, finest: tuple[int, ...]) -> tuple[int, ...]:
        """Return the pixels of each class, from those of each of the finest classes."""
        counts = np.zeros(len(self.classes) + 1, dtype=np.int64)
        np.add.at(counts, self.lookup[1:], finest)
        return tuple(counts[1:].tolist())


def take_level(finest: Classes, tree: Tree, count: int) -> Level:
    """Merge the finest classes to `count`, or keep all of them if it is 0 or no less than there are.

    Colours and roughness are means, weighted by the tree's shares; names are numbers, but for the finest classes,
    which keep theirs.
    """
    lookup = cut(tree, count)
    if count == 0 or count >= len(tree):
        return Level(lookup, finest)
    colours = np.rint(_means(np.array(finest.colours), lookup, tree.shares)).astype(int)
    known = finest.roughness
    roughness = None if known is None else rounded(_means(np.array(known)[:, None], lookup, tree.shares)[:, 0])
    return Level(
        lookup,
        Classes(
            tuple(f"class {number}" for number in range(1, count + 1)),
            tuple((red, green, blue) for red, green, blue in colours.tolist()),
            roughness,
        ),
    )


def _means(values: NDArray[Any], lookup: NDArray[np.int64], shares: Sequence[float]) -> NDArray[np.float64]:
    """Return the means (n, columns) over merged classes of values (K, columns); 0 where no share is."""
    weights = np.bincount(lookup[1:], weights=shares)
    sums = np.zeros((len(weights), values.shape[1]))
    np.add.at(sums, lookup[1:], values * np.array(shares)[:, None])
    means: NDArray[np.float64] = sums[1:] / np.where(weights > 0, weights, 1)[1:, None]
    return means


def coarser(level: Level, other: Level) -> tuple[int, ...]:
    """Return the class at a level of fewer classes of each class of a level, class 1 first."""
    classes = np.zeros(len(level.classes) + 1, dtype=np.int64)
    # Levels are nested: all that one class was merged from has one class at the other level.
    classes[level.lookup] = other.lookup
    return tuple(classes[1:].tolist())


def all_levels(finest: Classes, tree: Tree) -> list[Level]:
    """Return the levels of 2 to K classes."""
    return [take_level(finest, tree, count) for count in range(FEWEST, len(tree) + 1)]
