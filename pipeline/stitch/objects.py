"""What is known of the objects of a map: sums over their pixels, added up tile by tile."""

from collections.abc import Sequence
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
    """Return the type of a row of the table of objects; with three bands it has 66 bytes.

    Fields: `class`, `pixels`, `area`, and `sums` and `squares` of the pixels' values for every band.
    """
    return np.dtype(
        [
            ("class", "<u2"),
            ("pixels", "<i8"),
            ("area", "<f8"),
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


@dataclass(frozen=True)
class Near:
    """What small components of a tile are compared by with what is around them."""

    sums: NDArray[np.float64]
    """(n + 1, bands) of the image's scaled values, 0..1; row 0 is what is outside."""

    pairs: NDArray[np.int64]
    """(m, 2) components that touch within the tile."""

    sides: NDArray[np.int64]
    """(m,) sides of pixels along which they do."""


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


def borders(parts: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the sides of pixels between two components of a tile.

    Args:
        parts: (h, w), 0 outside.

    Returns:
        (m, 2): the two, the lower one first, each pair once; and (m,): sides between them.
    """
    found = []
    for one, other in ((parts[:-1], parts[1:]), (parts[:, :-1], parts[:, 1:])):
        apart = one != other
        found.append((one[apart], other[apart]))
    return count_sides(found)


def count_sides(
    sides: Sequence[tuple[NDArray[np.integer], NDArray[np.integer]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count how often two numbers from 1 meet, as `borders` does; sides at which a 0 is, or but one number, are none.

    Args:
        sides: what lies on one side and on the other, (k,) each.
    """
    pairs = np.concatenate([np.column_stack(side).astype(np.int64) for side in sides])
    pairs = np.sort(pairs[(pairs > 0).all(1) & (pairs[:, 0] != pairs[:, 1])], axis=1)
    keys, counts = np.unique((pairs[:, 0] << 32) + pairs[:, 1], return_counts=True)
    return np.column_stack([keys >> 32, keys & 0xFFFFFFFF]), counts
