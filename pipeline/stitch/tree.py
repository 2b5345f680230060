"""The class tree: K classes merged step by step down to 2, so that their number is chosen after the run.

Agglomeration as by Ward (1963), with two changes. His cost of a merge is d^2 ab / (a + b), for classes of areas a and b
at a distance d, so that what is small goes first however distinct it is; here the area counts to a power below 1. And
classes that touch more than chance would have it, such as roofs and the rims of roofs, are nearer than they look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import look, to_lab
from pipeline.config import LevelsConfig
from pipeline.stitch.table import LabelTable

_Number = TypeVar("_Number", np.int64, np.float64)

FEWEST = 2
"""Classes that a tree ends with."""


@dataclass(frozen=True)
class Tree:
    """Classes 1 to K of a scene or of a sample, and the order in which they merge."""

    shares: tuple[float, ...]
    """Share of the pixels in each class, class 1 first."""

    merges: tuple[tuple[int, int], ...]
    """(a, b), a < b, K - 2 of them: class b, and all that it has taken in, becomes class a."""

    def __post_init__(self) -> None:
        left, size = set(range(1, len(self) + 1)), max(len(self) - FEWEST, 0)
        for kept, gone in self.merges:
            if not (kept < gone and {kept, gone} <= left):
                raise ValueError(f"Tree cannot merge {gone} into {kept} when {sorted(left)} are left")
            left.remove(gone)
        if len(self.merges) != size:
            raise ValueError(f"Tree of {len(self)} classes must have {size} merges, got {len(self.merges)}")

    def __len__(self) -> int:
        return len(self.shares)


def grow(table: LabelTable, config: LevelsConfig) -> Tree:
    """Merge the cheapest two classes at every step; of equal costs those of the lowest numbers.

    Args:
        table: of classes 1 to K.
        config: weights of area and adjacency.
    """
    total = max(int(table.pixels.sum()), 1)
    shares = tuple((table.pixels[1:] / total).tolist())
    names, merges = list(range(1, len(shares) + 1)), []
    while len(names) > FEWEST:
        cost = _costs(table, config)
        first, second = (int(place) for place in np.unravel_index(np.argmin(cost), cost.shape))
        merges.append((names[first], names[second]))
        del names[second]
        table = _merged(table, first + 1, second + 1)
    return Tree(shares, tuple(merges))


def cut(tree: Tree, count: int) -> NDArray[np.int64]:
    """Return the class at the level of `count` classes of each of the finest classes.

    Args:
        tree: of K classes.
        count: from 2 to K; as many as there are, if it is 0 or more than K.

    Returns:
        (K + 1,): index 0 = outside = 0. Classes of a level are numbered by area, largest first, of equals the one that
        holds the lowest class; with all K of them, every class keeps its number.
    """
    names = np.arange(len(tree) + 1)
    if count == 0 or count >= len(tree):
        return names
    for kept, gone in tree.merges[: len(tree) - count]:
        names[names == gone] = kept
    found = np.unique(names[1:])
    areas = np.bincount(names[1:], weights=tree.shares)[found]
    numbers = np.zeros(len(tree) + 1, dtype=np.int64)
    numbers[found[np.argsort(-areas, kind="stable")]] = np.arange(1, len(found) + 1)
    return numbers[names]


def projected(tree: Tree, numbers: NDArray[np.int64], shares: Sequence[float]) -> Tree:
    """Return the tree of other classes, which are some or groups of a tree's classes, in the order of its merges.

    Args:
        tree: of K classes.
        numbers: (K + 1,) the new class of each, 0 where it has none; those of one new class merge in the tree before
            they merge with others.
        shares: of the new classes 1 to n, all of which have a class of the tree.
    """
    standing, merges = numbers.copy(), []
    for kept, gone in tree.merges:
        first, second = sorted((int(standing[kept]), int(standing[gone])))
        standing[kept] = first or second
        if 0 < first < second:
            merges.append((first, second))
    return Tree(tuple(shares), tuple(merges[: max(len(shares) - FEWEST, 0)]))


def _merged(table: LabelTable, kept: int, gone: int) -> LabelTable:
    """Add one class of a table to another, and take it out."""
    borders = _folded(_folded(table.borders, kept, gone).T, kept, gone)
    np.fill_diagonal(borders, 0)
    return LabelTable(
        _folded(table.pixels, kept, gone),
        _folded(table.sums, kept, gone),
        _folded(table.squares, kept, gone),
        _folded(table.textures, kept, gone),
        borders,
    )


def _folded(rows: NDArray[_Number], kept: int, gone: int) -> NDArray[_Number]:
    whole = rows.copy()
    whole[kept] += whole[gone]
    return np.delete(whole, gone, axis=0)


def _costs(table: LabelTable, config: LevelsConfig) -> NDArray[np.float64]:
    """Return what merging each two classes costs, (K, K); infinite where the second is not the later one."""
    pixels = table.pixels[1:].astype(np.float64)
    area = pixels[:, None] * pixels / np.maximum(pixels[:, None] + pixels, 1)
    features = _features(table)
    distance = ((features[:, None] - features) ** 2).sum(2)
    borders = table.borders[1:, 1:].astype(np.float64)
    lengths = borders.sum(1)
    chance = lengths[:, None] * lengths / max(lengths.sum(), 1)
    touching = np.divide(borders, chance, out=np.zeros_like(borders), where=chance > 0)
    weight = (area / max(pixels.sum(), 1)) ** config.area
    cost: NDArray[np.float64] = weight * distance / (1 + touching) ** config.adjacency
    cost[np.tril_indices(len(cost))] = np.inf
    return cost


def _features(table: LabelTable) -> NDArray[np.float64]:
    """Describe classes 1 to K by their mean colour (Lab for three bands) and texture, (K, features)."""
    pixels = np.maximum(table.pixels[1:], 1)[:, None]
    colours = to_lab((table.sums[1:] / pixels).T.astype(np.float32)).T
    return look(colours, table.textures[1:] / pixels)
