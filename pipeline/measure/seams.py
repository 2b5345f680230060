"""How much tile borders show in a map: do labels change across them more often than across lines beside them?

    32     16      border     16     32 px away
    :      :         |         :      :         lines of the same extent

The lines are 16 px apart because imagery that was JPEG once has more edges on every 16th line, where its blocks meet,
and so have its maps: all lines then lie on such edges, or none does.

The excess is the rate of change on all borders over the rate on all lines beside them: 1 where borders do not show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box

Read = Callable[[Box], NDArray[np.integer[Any]]]
"""Gives the labels (h, w) of a box of the map, 0 = outside."""

_AWAY, _FAR = (16, 32), 32
# A line nearer than this to another border may show that one.
_FREE = 8
# Borders are resampled in pieces, since neighbouring pixels of a border are no two observations.
_PIECE = 128
# How much of a border is looked at at once: bounds memory, and is a whole number of pieces.
_STRIP = 8 * _PIECE
# More pieces than this are put together, neighbours first; the interval gains nothing by more.
_MOST_PIECES = 2048
_RESAMPLES = 1000
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True)
class Seams:
    """How much tile borders show."""

    border_rate: float
    """Share of the border's pixels that have another label across the border."""

    parallel_rate: float
    """The same across the parallel lines 16 and 32 px away."""

    excess: float | None
    """`border_rate / parallel_rate`; None: no label changes on the parallel lines."""

    interval: tuple[float, float] | None
    """95 % interval of the excess: bootstrap over border pieces of 128 px, with a fixed random state."""

    pixels: int
    """Pixels along all borders, those beside nodata left out."""


def measure_seams(read: Read, rows: Sequence[int], columns: Sequence[int]) -> Seams | None:
    """Measure how much tile borders show, strip by strip.

    Args:
        read: the map.
        rows: where tiles begin, rising from 0, and the map's end.
        columns: the same across.

    Returns:
        None where there is no border: one tile, or all borders in nodata.
    """
    pieces = count_changes(read, rows, columns)
    return seam_excess(pieces) if pieces[:, 1].any() else None


def count_changes(read: Read, rows: Sequence[int], columns: Sequence[int]) -> NDArray[np.int64]:
    """Count label changes on tile borders and beside them; arguments as those of `measure_seams`.

    Returns:
        (n, 4) int64, a row per border piece: changes on the border, its pixels, changes on the parallel lines, their
        pixels. Lines nearer than 8 px to another border are left out, and along a border all places where it
        touches nodata itself.
    """
    pieces = [np.zeros((0, 4), dtype=np.int64)]
    for axis, (edges, length) in enumerate(((rows, columns[-1]), (columns, rows[-1]))):
        inner = np.asarray(edges[1:-1])
        for edge in inner:
            first, last = max(int(edge) - _FAR - 1, 0), min(int(edge) + _FAR + 1, edges[-1])
            lines = np.arange(first + 1, last)
            away = np.abs(lines - edge)
            free = (np.abs(lines[:, None] - inner[inner != edge]) >= _FREE).all(axis=1)
            beside = np.isin(away, _AWAY) & free
            for start in range(0, length, _STRIP):
                end = min(start + _STRIP, length)
                # Lines run along the second axis.
                labels = read(Box(first, start, last, end)) if axis == 0 else read(Box(start, first, end, last)).T
                pieces.append(_count(labels, away == 0, beside))
    return np.concatenate(pieces)


def seam_excess(pieces: NDArray[np.int64]) -> Seams:
    """Compare borders with the lines beside them.

    Args:
        pieces: (n, 4) as `count_changes` gives them, some border pixel among them.
    """
    total = pieces.sum(axis=0)
    excess, interval = None, None
    if total[2] > 0:
        excess = round(float(_ratios(total[None])[0]), 4)
        low, high = np.percentile(_ratios(_resampled(pieces)), _PERCENTILES)
        interval = round(float(low), 4), round(float(high), 4)
    return Seams(
        border_rate=round(float(total[0] / total[1]), 6),
        parallel_rate=round(float(total[2] / max(total[3], 1)), 6),
        excess=excess,
        interval=interval,
        pixels=int(total[1]),
    )


def _count(labels: NDArray[np.integer[Any]], border: NDArray[np.bool_], beside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count on lines along the second axis, per piece; line i lies between rows i and i + 1."""
    changes = labels[1:] != labels[:-1]
    inside = (labels[1:] > 0) & (labels[:-1] > 0)
    inside &= inside[border]
    changes &= inside
    counts = [part[lines].sum(axis=0) for lines in (border, beside) for part in (changes, inside)]
    starts = np.arange(0, labels.shape[1], _PIECE)
    return np.add.reduceat(np.stack(counts, axis=1), starts, axis=0)


def _ratios(sums: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the excess of each row (m, 4) that has one."""
    changing = sums[(sums[:, 1] > 0) & (sums[:, 2] > 0)].astype(np.float64)
    ratios: NDArray[np.float64] = changing[:, 0] * changing[:, 3] / (changing[:, 1] * changing[:, 2])
    return ratios


def _resampled(pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Draw as many pieces as there are, with replacement, again and again; return the sums (m, 4)."""
    starts = np.arange(0, len(pieces), -(-len(pieces) // _MOST_PIECES))
    pieces = np.add.reduceat(pieces, starts, axis=0)
    chances = np.full(len(pieces), 1 / len(pieces))
    times: NDArray[np.int64] = np.random.default_rng(0).multinomial(len(pieces), chances, _RESAMPLES)
    return times @ pieces
