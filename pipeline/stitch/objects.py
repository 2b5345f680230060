"""What is known of the objects of a map: sums over their pixels, added up tile by tile."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.sums import totals


@dataclass(frozen=True)
class Ground:
    """Size of the pixels of each row of a tile or scene."""

    areas: NDArray[np.float64]
    """(h,), in square metres, or all 1."""

    widths: NDArray[np.float64]
    """(h,), in metres, or all 1."""

    heights: NDArray[np.float64]
    """(h,), in metres, or all 1."""

    @classmethod
    def pixels(cls, rows: int) -> "Ground":
        """Measure in pixels, where their size on the ground is not known or does not matter."""
        ones = np.ones(rows)
        return cls(ones, ones, ones)

    def rows(self, top: int, bottom: int) -> "Ground":
        """Return the part of some rows."""
        return Ground(self.areas[top:bottom], self.widths[top:bottom], self.heights[top:bottom])


def object_type(bands: int) -> np.dtype[np.void]:
    """Return the type of a row of the table of objects; with three bands it has 74 bytes.

    Fields: `class`, `pixels`, `area`, `perimeter`, and `sums` and `squares` of the pixels' values for every band.
    """
    return np.dtype(
        [
            ("class", "<u2"),
            ("pixels", "<i8"),
            ("area", "<f8"),
            ("perimeter", "<f8"),
            ("sums", "<f8", (bands,)),
            ("squares", "<f8", (bands,)),
        ]
    )


@dataclass(frozen=True)
class Tally:
    """Sums over the components 1 to n of a tile; row 0 is what is outside, and empty."""

    pixels: NDArray[np.int64]
    """(n + 1,)."""

    areas: NDArray[np.float64]
    """(n + 1,)."""

    sums: NDArray[np.float64]
    """(n + 1, bands)."""

    squares: NDArray[np.float64]
    """(n + 1, bands)."""


def tally(inside: NDArray[np.integer], count: int, bands: NDArray[Any], ground: Ground) -> Tally:
    """Sum up the pixels of each component.

    Args:
        inside: (h, w) components 1 to count, 0 outside.
        count: of components.
        bands: (bands, h, w).
        ground: of the tile's rows.
    """
    pixels, sums, squares = totals(inside, bands, count + 1)
    if np.all(ground.areas == ground.areas[0]):
        areas = pixels * ground.areas[0]
    else:
        areas = np.bincount(inside.ravel(), weights=np.repeat(ground.areas, inside.shape[1]), minlength=len(pixels))
        areas[0] = 0
    return Tally(pixels, areas, sums, squares)


def borders(
    objects: NDArray[np.int64], above: NDArray[np.int64], left: NDArray[np.int64], ground: Ground
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the sides of pixels between two objects, or an object and the outside, within a tile and towards it.

    Args:
        objects: (h, w), 0 outside.
        above: (w,) the row above.
        left: (h,) the column to the left.
        ground: of the tile's rows.

    Returns:
        (m, 2): the objects on either side, the upper or left one first; and (m,): the length of the side.
    """
    found, lengths = [], []
    for one, other, sides in (
        (np.vstack([above[None], objects[:-1]]), objects, ground.widths),
        (np.column_stack([left, objects[:, :-1]]), objects, ground.heights),
    ):
        rows, columns = np.nonzero(one != other)
        found.append(np.column_stack([one[rows, columns], other[rows, columns]]))
        lengths.append(sides[rows])
    return np.concatenate(found), np.concatenate(lengths)
