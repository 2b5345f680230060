"""Where two tiles overlap and differ, one of them answers for the whole of a difference, so that no border cuts it.

        first's write box | second's write box
    ......................|......................
    :   aa                |                     :    a: differs, lies with the first tile, which answers for it
    :             bbbbbbbbbb                    :    b: differs on both sides of the border: the tile with most of its
    :             bbbbbbbbbb                    :       pixels answers for all of it
    :                     |                cccccc    c: cut off where the first tile's sight ends: the second answers
    ......................|......................

Around a difference both tiles say the same, so the map is in every place that of a single tile.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.labelling import label_equal

# Differences are looked for in so many lines at a time, or as many more as they reach on.
_LINES = 1024

Labels = NDArray[np.uint16]


def merge(first: Labels, second: Labels, border: int, *, first_ends: bool, second_begins: bool) -> Labels:
    """Make one map of what two neighbours say of their overlap.

    Args:
        first: (n, w) classes by the left tile, 0 = outside or not known.
        second: the same by the right tile.
        border: the column, of 0 to w, at which the right tile's write box begins.
        first_ends: the left tile's sight ends at the last column, and not because the scene does.
        second_begins: the right tile's sight begins at the first column, and not because the scene does.

    Returns:
        (n, w) classes. Where tiles differ, connected pixels (over edges) are all from one tile: the one in whose write
        box more of them lie, the first of equals; but not from one that does not see the whole of them. Where neither
        does, they are cut at the border.
    """
    merged = np.concatenate([first[:, :border], second[:, border:]], axis=1)
    differ = first != second
    for lines in _apart(differ.any(axis=1)):
        left, right, part = first[lines], second[lines], np.ascontiguousarray(differ[lines])
        numbers, firsts = label_equal(part.view(np.uint8), part)
        count = len(firsts)
        blind = np.zeros((2, count + 1), dtype=np.bool_)
        blind[0, numbers[part & (left == 0)]] = True
        blind[1, numbers[part & (right == 0)]] = True
        blind[0, numbers[:, -1]] |= first_ends
        blind[1, numbers[:, 0]] |= second_begins
        size = np.bincount(numbers.ravel(), minlength=count + 1)
        beyond = np.bincount(numbers[:, border:].ravel(), minlength=count + 1)
        second_answers = np.where(blind[0] == blind[1], 2 * beyond > size, blind[0])
        answers = np.where(second_answers[numbers], right, left)
        cut = (blind[0] & blind[1])[numbers]
        merged[lines] = np.where(cut, merged[lines], answers)
    return merged


def _apart(differing: NDArray[np.bool_]) -> Iterator[slice]:
    """Cut lines where none differs, so that no difference is cut."""
    free = np.flatnonzero(~differing)
    wanted = np.arange(_LINES, len(differing), _LINES)
    places = np.searchsorted(free, wanted)
    cuts = np.unique(free[places[places < len(free)]])
    for start, end in zip([0, *cuts], [*cuts, len(differing)], strict=True):
        if differing[start:end].any():
            yield slice(int(start), int(end))
