"""Segments that go on in the next tile vote as one."""

import numpy as np
from numpy.typing import NDArray

from pipeline.pairs import join_pairs

# A segment of the scene: the tile's index in raster order above, its number within the tile below.
_SHIFT = 32


def keys(tile: int, segments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Name segments of a tile by numbers that are unique in the scene."""
    return (np.int64(tile) << _SHIFT) + segments


def keys_of_tile(tile: int) -> tuple[int, int]:
    """Return the range [first, last) of the names of a tile's segments."""
    return tile << _SHIFT, (tile + 1) << _SHIFT


def split_keys(names: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return tiles and segments of scene-wide names."""
    return names >> _SHIFT, names & ((1 << _SHIFT) - 1)


def majority(votes: NDArray[np.int64], length: int) -> NDArray[np.uint16]:
    """Return the label of the most pixels for each segment, the lowest of equals.

    Args:
        votes: (m, 3): segment (or any number below `length`), label, pixels; a pair may stand more than once.
        length: number of segments, 0 included.

    Returns:
        (length,) uint16, 0 where nobody voted.
    """
    winners = np.zeros(length, dtype=np.uint16)
    if len(votes):
        width = int(votes[:, 1].max()) + 1
        joint, counts = votes[:, 0] * width + votes[:, 1], votes[:, 2]
        if not (joint[1:] > joint[:-1]).all():
            # Tables of tiles are in order, and each pair stands once; sorting is most of the time.
            joint, inverse = np.unique(joint, return_inverse=True)
            total = np.zeros(len(joint), dtype=np.int64)
            np.add.at(total, inverse, counts)
            counts = total
        segment, label = np.divmod(joint, width)
        starts = np.flatnonzero(np.diff(segment, prepend=-1))
        most = np.repeat(np.maximum.reduceat(counts, starts), np.diff(starts, append=len(segment)))
        best = np.flatnonzero(counts == most)
        # Labels rise, so the first one of a segment is the lowest of equals.
        best = best[np.diff(segment[best], prepend=-1) > 0]
        winners[segment[best]] = label[best]
    return winners


def vote_together(
    links: NDArray[np.int64], voters: NDArray[np.int64], votes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Join linked segments (union-find) and let each group vote as one.

    Args:
        links: (m, 2) scene-wide names of segments that are one.
        voters: (v,) scene-wide names; may hold segments without links, which are passed over.
        votes: (v, 2): label and pixels of each voter's vote.

    Returns:
        Names (k,) of all linked segments in rising order, and the label (k,) uint16 of each; 0 where a group has no
        vote, which then has no pixel in any write box.
    """
    names, index = np.unique(links, return_inverse=True)
    if not len(names):
        return names, np.zeros(0, dtype=np.uint16)
    ends = index.reshape(links.shape)
    count, group = join_pairs(ends, len(names))
    place = np.minimum(np.searchsorted(names, voters), len(names) - 1)
    linked = names[place] == voters
    table = np.column_stack([group[place[linked]], votes[linked]])
    return names, majority(table, count)[group]
