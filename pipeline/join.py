"""From tile records to classes: match labels, let linked segments vote together. Tables only, no pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import LevelsConfig
from pipeline.grid import Grid
from pipeline.meaning import Meaning
from pipeline.stitch.classes import Classes, Lookups, describe_classes
from pipeline.stitch.match import TileLabels, match_labels
from pipeline.stitch.table import LabelTable, add_tables
from pipeline.stitch.tree import Tree, grow
from pipeline.stitch.votes import keys, keys_of_tile, majority, split_keys, vote_together
from pipeline.store.link import load_agreement, load_pairs
from pipeline.store.record import load_labelled_segments, load_table, load_votes
from pipeline.store.work import Work


@dataclass(frozen=True)
class Joined:
    """The scene's classes, and the class of every segment of any tile."""

    work: Work
    grid: Grid
    lookups: Lookups
    tree: Tree
    """The levels that the classes have."""

    linked: NDArray[np.int64]
    """(k,) names of the segments that go on in another tile, rising."""

    linked_classes: NDArray[np.uint16]
    """(k,) class of each."""

    @property
    def classes(self) -> Classes:
        """The scene's classes."""
        return self.lookups.classes

    def classes_of_tile(self, index: int) -> NDArray[np.uint16]:
        """Return the class of every pixel of a tile's read box.

        Returns:
            (h, w): 0 = outside; or a segment, beyond the write box, of a label that the write box has not.

        Raises:
            OutputError: the tile's record is gone or damaged.
        """
        tile = self.grid[index]
        segments, labels = load_labelled_segments(self.work.record(tile))
        return self.classes_of_segments(index, labels)[segments]

    def classes_of_segments(self, index: int, labels: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return the class of each segment of a tile.

        Args:
            index: the tile's number in raster order.
            labels: (n + 1,) majority label of each of its segments over the read box.

        Returns:
            (n + 1,): of a linked segment what all that are linked have voted for; of another what its pixels in the
            write box have, or, where it has none there, its label's class.
        """
        votes = majority(_votes(self.work, self.grid, self.lookups, index), len(labels))
        table = np.where(votes > 0, votes, self.lookups.of(index, labels.astype(np.int64))).astype(np.uint16)
        first, last = np.searchsorted(self.linked, keys_of_tile(index))
        segments = split_keys(self.linked[first:last])[1]
        chosen = self.linked_classes[first:last]
        table[segments[chosen > 0]] = chosen[chosen > 0]
        return table


def join(work: Work, grid: Grid, meaning: Meaning | None, levels: LevelsConfig) -> Joined:
    """Join the finished tiles of a scene.

    Args:
        work: holds a record of every tile and a link of every pair of neighbours.
        grid: the tiles.
        meaning: of the classes of the network that labelled all tiles; None: every tile has its own, which are matched.
        levels: how matched classes merge to fewer ones; a prior brings its own tree.
    """
    numbers = {(tile.row, tile.column): index for index, tile in enumerate(grid)}
    pairs = [
        (numbers[first.row, first.column], numbers[second.row, second.column], work.link(first, second))
        for first, second in grid.neighbours()
    ]
    if meaning is not None:
        lookups, tree = Lookups(meaning.classes, None), meaning.tree
    else:
        lookups, table = _match(work, grid, [(first, second, load_agreement(path)) for first, second, path in pairs])
        tree = grow(table, levels)
    links = [np.zeros((0, 2), dtype=np.int64)]
    for first, second, path in pairs:
        same = load_pairs(path)
        links.append(np.column_stack([keys(first, same[:, 0]), keys(second, same[:, 1])]))
    linked = np.concatenate(links)
    voters, votes = _voters(work, grid, lookups, linked)
    names, classes = vote_together(linked, voters, votes)
    return Joined(work, grid, lookups, tree, names, classes)


def _match(work: Work, grid: Grid, agreements: list[tuple[int, int, NDArray[np.int64]]]) -> tuple[Lookups, LabelTable]:
    tables = [load_table(work.record(tile)) for tile in grid]
    tiles = []
    for table in tables:
        labels = np.flatnonzero(table.pixels)
        pixels = table.pixels[labels]
        mean = table.sums[labels] / pixels[:, None]
        spread = np.sqrt(np.maximum(table.squares[labels] / pixels[:, None] - mean**2, 0))
        tiles.append(TileLabels(labels, pixels, np.hstack([mean, spread])))
    matched = match_labels(tiles, agreements)
    count = max((int(classes.max(initial=0)) for classes in matched), default=0)
    lookups = []
    for table, tile, classes in zip(tables, tiles, matched, strict=True):
        lookup = np.zeros(len(table.pixels), dtype=np.int64)
        lookup[tile.labels] = classes
        lookups.append(lookup)
    total = add_tables(zip(tables, lookups, strict=True), count + 1, tables[0].sums.shape[1])
    return Lookups(describe_classes(total), lookups), total


def _voters(
    work: Work, grid: Grid, lookups: Lookups, linked: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Gather the votes of linked segments, tile by tile."""
    names = np.unique(linked)
    voters, votes = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2), dtype=np.int64)]
    for index in range(len(grid)):
        first, last = np.searchsorted(names, keys_of_tile(index))
        if first == last:
            continue
        table = _votes(work, grid, lookups, index)
        wanted = np.zeros(int(table[:, 0].max(initial=0)) + 1, dtype=np.bool_)
        segments = split_keys(names[first:last])[1]
        wanted[segments[segments < len(wanted)]] = True
        table = table[wanted[table[:, 0]]]
        voters.append(keys(index, table[:, 0]))
        votes.append(table[:, 1:])
    return np.concatenate(voters), np.concatenate(votes)


def _votes(work: Work, grid: Grid, lookups: Lookups, index: int) -> NDArray[np.int64]:
    """Read a tile's votes (m, 3), in terms of the scene's classes."""
    votes = load_votes(work.record(grid[index]))
    votes[:, 1] = lookups.of(index, votes[:, 1])
    return votes
