"""Pre-segmenters at equal numbers of segments: how many steps the published training needs to reach 8 labels."""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steadiness.store import Store
from pipeline.config import Config, FelzenszwalbConfig, InputConfig, SlicConfig, WatershedConfig
from pipeline.errors import TrainingDivergedError
from pipeline.presegment import presegment
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.raster.source import read_scaled
from pipeline.train import segment
from pipeline.train.device import arithmetic

LABELS = 8
MOST_STEPS = 256
TOLERANCE = 0.03
METHODS = ("felzenszwalb", "slic", "watershed")
_TRIES = 20
# Densities nearer to each other give one lattice.
_FINEST = 0.002

Image = tuple[NDArray[np.float32], NDArray[np.bool_]]


def run_race(store: Store, image: Path, published: Config, seeds: list[int]) -> None:
    """Train on an image's segments of every method, with every seed."""
    names = {(method, seed): f"{method}_s{seed}" for seed in seeds for method in METHODS}
    if all(store.beside(image, f"{name}.json").exists() for name in names.values()):
        return
    source = open_source(str(image), InputConfig())
    pixels = read_scaled(source, measure_scaling([source], InputConfig(), 0), source.spec.scene)
    segments = {METHODS[0]: presegment(*pixels, FelzenszwalbConfig())}
    for method in METHODS[1:]:
        segments[method] = with_count(pixels, method, int(segments[METHODS[0]].max()))
    for (method, seed), name in names.items():
        store.once(image, name, partial(_race, pixels[0], segments[method], published, method, seed))


def with_count(pixels: Image, method: str, wanted: int) -> NDArray[np.int32]:
    """Pre-segment an image so that it has about as many segments as are wanted: within 3 %, else the nearest found.

    Args:
        pixels: (bands, h, w) of 0..1, and which of them are valid (h, w).
        method: "slic" or "watershed".
        wanted: number of segments.
    """
    if method == "watershed":
        return _nearest(pixels, [WatershedConfig()], wanted)
    # Where no density comes near enough, a little more or less compact its numbers lie elsewhere.
    usual = SlicConfig().compactness
    factors = (1, 0.9, 1.1, 0.8, 1.2, 0.7, 1.4)
    return _nearest(pixels, [SlicConfig(compactness=usual * factor) for factor in factors], wanted)


def _nearest(pixels: Image, models: Sequence[SlicConfig | WatershedConfig], wanted: int) -> NDArray[np.int32]:
    """Seek the density of segments for one model after the other, until one comes near enough."""
    best = np.zeros(pixels[1].shape, dtype=np.int32)
    for model in models:
        density, low, high = wanted / pixels[1].size * 1e6, 0.0, math.inf
        for _ in range(_TRIES):
            found = presegment(*pixels, model.model_copy(update={"n_segments": density}))
            count = int(found.max())
            if abs(count - wanted) < abs(int(best.max()) - wanted):
                best = found
            if abs(count - wanted) <= TOLERANCE * wanted:
                return best
            low, high = (density, high) if count < wanted else (low, density)
            guess = density * wanted / max(count, 1)
            density = guess if low < guess < high else math.sqrt(low * high)
            if high - low < _FINEST * density:
                break
    return best


def steps_to_labels(
    image: NDArray[np.float32], segments: NDArray[np.int32], published: Config, seed: int
) -> int | None:
    """Return after how many steps 8 labels or fewer are left; None: not within 256, or the loss was no number."""
    train = published.train.model_copy(update={"min_labels": LABELS, "steps": MOST_STEPS})
    with arithmetic(1):
        try:
            course = segment(image, segments, train, published.network, seed=seed).course
        except TrainingDivergedError:
            return None
    return len(course.labels) if course.labels[-1] <= LABELS else None


def _race(
    image: NDArray[np.float32], segments: NDArray[np.int32], published: Config, method: str, seed: int
) -> dict[str, Any]:
    steps = steps_to_labels(image, segments, published, seed)
    return {"method": method, "seed": seed, "segments": int(segments.max()), "steps": steps}


def published_settings(published: Config) -> dict[str, Any]:
    """Return what results follow from, beside the image and the seed."""
    return {
        "network": published.network.model_dump(),
        "train": published.train.model_dump(include={"start", "optimizer", "learning_rate", "momentum", "patch"}),
        "race": [LABELS, MOST_STEPS, TOLERANCE],
    }
