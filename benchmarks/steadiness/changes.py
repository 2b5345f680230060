"""One setting changed at a time: how much of the default's map is left."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.comparison.scenes import read_band
from benchmarks.consistency.maps import make_map
from benchmarks.steadiness.store import Store
from pipeline.config import Config, FelzenszwalbConfig
from pipeline.measure.agreement import ari

DEFAULT = "default"
SEED = "another seed"
"""The measure of the others: what chance alone changes."""

_HERE = ("cluster.workers=0", "cluster.device=cpu", "train.threads=1")


def changes() -> dict[str, tuple[str, ...]]:
    """Return the settings of every run, the default first."""
    segments, train = FelzenszwalbConfig(), Config().train
    return {
        DEFAULT: (),
        "scale x 1/2": (f"presegment.scale={segments.scale / 2}",),
        "scale x 2": (f"presegment.scale={segments.scale * 2}",),
        "sigma 0.3": ("presegment.sigma=0.3",),
        "sigma 1": ("presegment.sigma=1.0",),
        "learning rate x 1/2": (f"train.learning_rate={train.learning_rate / 2}",),
        "learning rate x 2": (f"train.learning_rate={train.learning_rate * 2}",),
        SEED: ("seed=1",),
    }


def run_changes(store: Store, image: Path) -> None:
    """Segment an image with every change, and note the adjusted Rand index to the default's map."""
    for name in changes():
        store.once(image, _file_name(name), partial(_run, store, image, name))


def _run(store: Store, image: Path, name: str) -> dict[str, str | int | float]:
    default, labels = (_classes(store, image, one) for one in (DEFAULT, name))
    return {"change": name, "ari": ari(default, labels), "labels": int(np.count_nonzero(np.bincount(labels.flat)[1:]))}


def _classes(store: Store, image: Path, name: str) -> NDArray[np.integer[Any]]:
    made = make_map(image, [*_HERE, *changes()[name]], store.beside(image, "maps") / _file_name(name))
    return read_band(made.folder / "classes.tif")


def _file_name(name: str) -> str:
    return name.replace(" ", "_").replace("/", "-")
