"""k-means of weighted points, compiled; the same points give the same centres on any machine."""

import numpy as np
import numpy.typing as npt

from pipeline.kernels.compiled import compiled

# Runs from other seeds, of which the tightest counts; steps of a run, of which few are needed.
_RUNS, _STEPS = 2, 300


def find_centres(
    points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.float64]:
    """Find centres such that points are near to one (Lloyd 1982), from k-means++ seeds (Arthur, Vassilvitskii 2007).

    Args:
        points: (n, features), n at least 1.
        weights: (n,), above 0.
        count: of centres, at least 1.

    Returns:
        (count, features), in rising order, so that they do not follow from that of the points; of fewer distinct
        points than centres some of these are the same.
    """
    random, values = np.random.default_rng(0), np.ascontiguousarray(points)
    runs = (_settled(values, weights, _seeds(values, weights, count, random), _STEPS) for _ in range(_RUNS))
    centres = min(runs, key=lambda run: run[0])[1]
    return centres[np.lexsort(centres.T[::-1])]


def nearest(points: npt.NDArray[np.float64], centres: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the nearest centre (n,) of each point (n, features); of several the first."""
    found = np.empty(len(points), dtype=np.int64)
    _find(np.ascontiguousarray(points), np.ascontiguousarray(centres.T), found)
    return found


def _seeds(
    points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], count: int, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Draw points by weight and squared distance to those drawn, each the best of some tries."""
    chosen, tries = _draw(weights, 1, random), 2 + int(np.log(count))
    distances = np.full(len(points), np.inf)
    _approach(points, weights, points[chosen[0]], distances, distances)
    while len(chosen) < count:
        drawn, made = _draw(weights * distances, tries, random), np.empty((tries, len(points)))
        left = [
            _approach(points, weights, points[place], distances, row) for place, row in zip(drawn, made, strict=True)
        ]
        best = int(np.argmin(left))
        chosen.append(drawn[best])
        distances = made[best]
    return points[chosen]


def _draw(shares: npt.NDArray[np.float64], count: int, random: np.random.Generator) -> list[int]:
    """Draw places by their shares; the last one, where all shares are 0."""
    sums = np.cumsum(shares)
    places = np.searchsorted(sums, random.random(count) * sums[-1], side="right")
    drawn: list[int] = np.minimum(places, len(shares) - 1).tolist()
    return drawn


@compiled
def _approach(
    points: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    centre: npt.NDArray[np.float64],
    before: npt.NDArray[np.float64],
    after: npt.NDArray[np.float64],
) -> float:
    """Fill `after` with the squared distances `before`, or to a centre that is nearer; return their weighted sum."""
    total = 0.0
    for place in range(len(points)):
        distance = 0.0
        for feature in range(len(centre)):
            step = points[place, feature] - centre[feature]
            distance += step * step
        after[place] = min(before[place], distance)
        total += weights[place] * after[place]
    return total


@compiled
def _settled(
    points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], seeds: npt.NDArray[np.float64], steps: int
) -> tuple[float, npt.NDArray[np.float64]]:
    """Move centres to the means of what is nearest to them until nothing changes; return the spread, and them."""
    count, features = seeds.shape
    centres, found, spread = seeds.copy(), np.full(len(points), -1), np.inf
    for _ in range(steps):
        before = found.copy()
        distances = _find(points, np.ascontiguousarray(centres.T), found)
        spread, sums, totals = 0.0, np.zeros((count, features)), np.zeros(count)
        for place, centre in enumerate(found):
            spread += weights[place] * distances[place]
            totals[centre] += weights[place]
            for feature in range(features):
                sums[centre, feature] += weights[place] * points[place, feature]
        if (found == before).all():
            break
        for centre in range(count):
            # One that nothing is nearest to stays.
            if totals[centre] > 0:
                centres[centre] = sums[centre] / totals[centre]
    return spread, centres


@compiled
def _find(
    points: npt.NDArray[np.float64], across: npt.NDArray[np.float64], found: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Fill `found` with the nearest centre of each point; return the squared distances.

    Args:
        points: (n, features).
        across: (features, centres), so that distances to all centres are found side by side.
        found: (n,).
    """
    features, count = across.shape
    distances, least = np.empty(count), np.empty(len(points))
    for place in range(len(points)):
        distances[:] = 0
        for feature in range(features):
            value = points[place, feature]
            for centre in range(count):
                step = value - across[feature, centre]
                distances[centre] += step * step
        found[place] = np.argmin(distances)
        least[place] = distances[found[place]]
    return least
