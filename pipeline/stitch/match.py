"""Classes that hold over a scene, from labels that each tile has made up for itself.

Every tile's labels are assigned one to one to scene-wide classes, so two labels of one tile are never merged. What an
assignment costs: how far a label's descriptor lies from the mean of its class, less how much of its overlap with
neighbouring tiles agrees. Means and assignments take turns (constrained k-means) until nothing changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 20
# Full agreement in the overlap weighs as much as this many standard deviations of the descriptors, squared.
_AGREEMENT = 4.0


@dataclass(frozen=True)
class TileLabels:
    """Labels in use in one tile."""

    labels: NDArray[np.int64]
    """(L,): their numbers in the tile."""

    pixels: NDArray[np.int64]
    """(L,): pixels of each."""

    descriptors: NDArray[np.float64]
    """(L, D): mean and spread of every band."""


def match_labels(
    tiles: Sequence[TileLabels], agreements: Sequence[tuple[int, int, NDArray[np.int64]]]
) -> list[NDArray[np.int64]]:
    """Assign every tile's labels to scene-wide classes, one to one within each tile.

    Args:
        tiles: in raster order; a tile without labels (all nodata) is allowed.
        agreements: for neighbouring tiles (index, index) the contingency (m, 3) of their labels over the overlap.

    Returns:
        For each tile (L,) int64: the class, from 1, of each of its labels. Classes are numbered by area over the
        scene, largest first.
    """
    # A fifth of a second to import, and most runs do without.
    from scipy.optimize import linear_sum_assignment

    count = max((len(tile.labels) for tile in tiles), default=0)
    if count == 0:
        return [np.zeros(0, dtype=np.int64) for _ in tiles]
    scaled = _standardised(tiles)
    around = _neighbourhoods(tiles, agreements)
    means = _first_means(tiles, scaled, count)
    assigned: list[NDArray[np.int64]] = [np.full(len(tile.labels), -1, dtype=np.int64) for tile in tiles]
    for _ in range(_ROUNDS):
        changed = False
        for index, descriptors in enumerate(scaled):
            if not len(descriptors):
                continue
            cost = ((descriptors[:, None] - means[None]) ** 2).mean(2)
            cost -= _AGREEMENT * _agreement(around[index], assigned, cost.shape)
            chosen = linear_sum_assignment(cost)[1]
            changed = changed or not np.array_equal(chosen, assigned[index])
            assigned[index] = chosen
        means = _means(tiles, scaled, assigned, means)
        if not changed:
            break
    return _numbered_by_area(tiles, assigned, count)


def _standardised(tiles: Sequence[TileLabels]) -> list[NDArray[np.float64]]:
    """Give every descriptor the spread 1 over the scene, pixels weighing alike."""
    everything = np.concatenate([tile.descriptors for tile in tiles])
    weights = np.concatenate([tile.pixels for tile in tiles]).astype(np.float64)
    mean = np.average(everything, axis=0, weights=weights)
    spread = np.sqrt(np.average((everything - mean) ** 2, axis=0, weights=weights))
    return [(tile.descriptors - mean) / np.where(spread > 0, spread, 1) for tile in tiles]


def _first_means(tiles: Sequence[TileLabels], scaled: Sequence[NDArray[np.float64]], count: int) -> NDArray[np.float64]:
    """Start from the labels of the tile that has the most; of several such tiles from the one with most pixels."""
    candidates = [index for index, tile in enumerate(tiles) if len(tile.labels) == count]
    return scaled[max(candidates, key=lambda index: int(tiles[index].pixels.sum()))]


def _neighbourhoods(
    tiles: Sequence[TileLabels], agreements: Sequence[tuple[int, int, NDArray[np.int64]]]
) -> list[list[tuple[int, NDArray[np.float64]]]]:
    """For each tile list (neighbour, table): the share of a label's overlap pixels that fall on the other's labels."""
    around: list[list[tuple[int, NDArray[np.float64]]]] = [[] for _ in tiles]
    for first, second, pairs in agreements:
        rows = {int(label): place for place, label in enumerate(tiles[first].labels)}
        columns = {int(label): place for place, label in enumerate(tiles[second].labels)}
        table = np.zeros((len(rows), len(columns)))
        for one, other, pixels in pairs.tolist():
            # A label may stand in the halo alone; it is none of the tile's own then.
            if one in rows and other in columns:
                table[rows[one], columns[other]] += pixels
        around[first].append((second, table))
        around[second].append((first, table.T))
    for neighbours in around:
        total = sum((table.sum(1, keepdims=True) for _, table in neighbours), start=np.zeros((1, 1)))
        for place, (other, table) in enumerate(neighbours):
            neighbours[place] = other, table / np.where(total > 0, total, 1)
    return around


def _agreement(
    neighbours: list[tuple[int, NDArray[np.float64]]], assigned: list[NDArray[np.int64]], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    shares = np.zeros(shape)
    for other, table in neighbours:
        placed = assigned[other] >= 0
        shares[:, assigned[other][placed]] += table[:, placed]
    return shares


def _means(
    tiles: Sequence[TileLabels],
    scaled: Sequence[NDArray[np.float64]],
    assigned: Sequence[NDArray[np.int64]],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    total, weight = np.zeros_like(before), np.zeros(len(before))
    for tile, descriptors, classes in zip(tiles, scaled, assigned, strict=True):
        np.add.at(total, classes, descriptors * tile.pixels[:, None])
        np.add.at(weight, classes, tile.pixels)
    return np.where(weight[:, None] > 0, total / np.where(weight > 0, weight, 1)[:, None], before)


def _numbered_by_area(
    tiles: Sequence[TileLabels], assigned: Sequence[NDArray[np.int64]], count: int
) -> list[NDArray[np.int64]]:
    area = np.zeros(count, dtype=np.int64)
    for tile, classes in zip(tiles, assigned, strict=True):
        np.add.at(area, classes, tile.pixels)
    number = np.empty(count, dtype=np.int64)
    number[np.argsort(-area, kind="stable")] = np.arange(1, count + 1)
    return [number[classes] for classes in assigned]
