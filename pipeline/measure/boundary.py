"""Boundary precision, recall and F at a tolerance, counted window by window (Martin, Fowlkes and Malik, PAMI 2004)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

# Distances that exceed the tolerance by rounding alone are within it.
_SLACK = 1e-9


@dataclass(frozen=True)
class BoundaryCounts:
    """Boundary pixels; counts of windows and of scenes add up.

    A pixel is on a boundary when one of its four neighbours has another number; both must be valid. Unlike in the
    original no pixel is matched to one other only: a boundary pixel is right when any of the other map is near.
    """

    labels: int = 0
    """Boundary pixels of the labels."""

    right: int = 0
    """Of them, those with a true boundary pixel within the tolerance."""

    truth: int = 0
    """Boundary pixels of the truth."""

    found: int = 0
    """Of them, those with a boundary pixel of the labels within the tolerance."""

    def __add__(self, other: "BoundaryCounts") -> "BoundaryCounts":
        return BoundaryCounts(
            self.labels + other.labels,
            self.right + other.right,
            self.truth + other.truth,
            self.found + other.found,
        )

    @property
    def precision(self) -> float:
        """Share of the labels' boundary that is right; NaN where they have none."""
        return self.right / self.labels if self.labels else math.nan

    @property
    def recall(self) -> float:
        """Share of the true boundary that is found; NaN where there is none."""
        return self.found / self.truth if self.truth else math.nan

    @property
    def f(self) -> float:
        """Harmonic mean of precision and recall; NaN where neither map has a boundary, 0 where one has none."""
        if not self.labels and not self.truth:
            return math.nan
        if not self.right or not self.found:
            return 0.0
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True)
class Tolerance:
    """How far apart boundaries may lie, on a grid of pixels of a size."""

    distance: float
    """Between the centres of boundary pixels, in any unit; 0: they must coincide."""

    pixel: tuple[float, float] = (1.0, 1.0)
    """Height and width of a pixel in that unit."""

    def __post_init__(self) -> None:
        if not (self.distance >= 0 and math.isfinite(self.distance)):
            raise ValueError(f"Tolerance must be 0 or more, got {self.distance}")
        if not all(side > 0 and math.isfinite(side) for side in self.pixel):
            raise ValueError(f"Pixels must have a size, got {self.pixel}")

    @property
    def halo(self) -> int:
        """Pixels around a window that must be known to count within it: the tolerance and one neighbour more."""
        return math.ceil(self.distance / min(self.pixel)) + 1


def count_boundaries(
    labels: NDArray[np.integer],
    truth: NDArray[np.integer],
    valid: NDArray[np.bool_],
    tolerance: Tolerance,
    core: tuple[slice, slice] = (slice(None), slice(None)),
) -> BoundaryCounts:
    """Count the boundary pixels of a window.

    Args:
        labels: (h, w) of the window and its halo.
        truth: (h, w) of the same pixels.
        valid: (h, w) where both have a number that counts.
        tolerance: what is near.
        core: the window within the halo; only its pixels are counted.
    """
    ours, theirs = boundary(labels, valid), boundary(truth, valid)
    return BoundaryCounts(
        labels=int(ours[core].sum()),
        right=int((ours & _near(theirs, tolerance))[core].sum()),
        truth=int(theirs[core].sum()),
        found=int((theirs & _near(ours, tolerance))[core].sum()),
    )


def boundary(numbers: NDArray[np.integer], valid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which valid pixels (h, w) have a valid neighbour, of four, with another number."""
    edge = np.zeros(numbers.shape, dtype=np.bool_)
    for here, there in (
        ((slice(None), slice(None, -1)), (slice(None), slice(1, None))),
        ((slice(None, -1), slice(None)), (slice(1, None), slice(None))),
    ):
        differs = (numbers[here] != numbers[there]) & valid[here] & valid[there]
        edge[here] |= differs
        edge[there] |= differs
    return edge


def _near(edge: NDArray[np.bool_], tolerance: Tolerance) -> NDArray[np.bool_]:
    # The distance to nothing is not infinite, but to a corner beyond the array.
    if tolerance.distance == 0 or not edge.any():
        return edge
    near: NDArray[np.bool_] = distance_transform_edt(~edge, sampling=tolerance.pixel) <= tolerance.distance * (
        1 + _SLACK
    )
    return near
