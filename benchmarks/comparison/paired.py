"""Differences between two methods, image by image, and how sure one can be of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

_RESAMPLES = 9999
# Scores below say that nothing was found; a ratio to them means nothing.
_LEAST = 1e-6


@dataclass(frozen=True)
class Difference:
    """The first method's score less the second's, over the images that both have."""

    images: int
    mean: float
    low: float | None
    """Lower end of the interval of 95 %; None for a single image, which has none."""

    high: float | None
    ratio: float | None
    """The first mean over the second; None where the second is next to nothing."""

    @property
    def sure(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        text = f"{self.mean:+.3f}"
        return text if self.low is None else f"{text} [{self.low:+.3f}, {self.high:+.3f}]"


def compare(first: Mapping[str, float], second: Mapping[str, float]) -> Difference | None:
    """Compare two methods' scores by image; None where they share none.

    The interval is the percentile bootstrap (Efron 1979) of the mean over images, with a fixed seed.
    """
    common = sorted(set(first) & set(second))
    if not common:
        return None
    ours, theirs = (np.array([scores[name] for name in common]) for scores in (first, second))
    differences = ours - theirs
    low = high = None
    if len(common) > 1:
        interval = bootstrap(
            (differences,), np.mean, n_resamples=_RESAMPLES, method="percentile", rng=0
        ).confidence_interval
        low, high = float(interval.low), float(interval.high)
    ratio = float(ours.mean() / theirs.mean()) if theirs.mean() > _LEAST else None
    return Difference(len(common), float(differences.mean()), low, high, ratio)
