"""A level of the class tree as classes of their own, with names and colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stitch.classes import Classes
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

    Colours are means, weighted by the tree's shares; names are numbers, but for the finest classes, which keep theirs.
    """
    lookup = cut(tree, count)
    if count == 0 or count >= len(tree):
        return Level(lookup, finest)
    weights = np.zeros(count + 1)
    sums = np.zeros((count + 1, 3))
    shares = np.array(tree.shares)
    np.add.at(weights, lookup[1:], shares)
    np.add.at(sums, lookup[1:], np.array(finest.colours) * shares[:, None])
    colours = np.rint(sums[1:] / np.where(weights > 0, weights, 1)[1:, None]).astype(int)
    return Level(
        lookup,
        Classes(
            tuple(f"class {number}" for number in range(1, count + 1)),
            tuple((red, green, blue) for red, green, blue in colours.tolist()),
        ),
    )


def all_levels(finest: Classes, tree: Tree) -> list[Level]:
    """Return the levels of 2 to K classes."""
    return [take_level(finest, tree, count) for count in range(FEWEST, len(tree) + 1)]
