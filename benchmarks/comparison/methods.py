"""The methods that are compared, in the order of the tables."""

import hashlib
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.comparison.clusters import RESTARTS, cluster_segments
from benchmarks.comparison.method import COUNTS, Method
from benchmarks.comparison.ours import run_product
from benchmarks.comparison.published import train_published
from benchmarks.comparison.segmenters import felzenszwalb_alone, slic_alone
from pipeline.config.load import load_config

_ROOT = Path(__file__).parents[2]
# What a label of ours follows from: outputs and the command line do not count.
_SOURCES = (
    *("config", "prior.py", "patches.py", "tile.py", "join.py", "net.py", "context.py", "image.py", "colour.py"),
    *("netplan.py", "layer.py", "maskednorm.py", "texture.py", "segmented.py", "pairs.py", "labelling.py", "kernels"),
    *("train", "presegment", "stitch"),
)


def methods(revision: str | None = None) -> dict[str, Method]:
    """Return the methods by name.

    Args:
        revision: names the state of our program in the cache; None: a hash of its sources.
    """
    state = {"revision": revision or sources(_SOURCES), "counts": COUNTS}
    found = [
        Method(
            scope,
            f"ours, `{scope}`",
            {**state, "scope": scope},
            partial(run_product, scope=scope),
            cost=cost,
            ours=True,
        )
        for scope, cost in (("shared", 100), ("independent", 100))
    ]
    found += [
        _published("alternating", "published, `alternating`", cost=400, work=256),
        _published("kanezaki2018", "published, Kanezaki 2018", cost=500, work=20),
        _published("tip2020", "published, TIP 2020", cost=500, work=32),
        Method(
            "kmeans-colour",
            "k-means, colour",
            {"segments": "felzenszwalb 64 0.5 64", "features": "mean colour", "restarts": RESTARTS},
            partial(cluster_segments, features="colour"),
            cost=8,
        ),
        Method(
            "kmeans-texture",
            "k-means, colour and texture",
            {
                "segments": "felzenszwalb 64 0.5 64",
                "features": sources(("segmented.py", "colour.py", "texture.py")),
                "restarts": RESTARTS,
            },
            partial(cluster_segments, features="texture"),
            cost=8,
        ),
        Method(
            "felzenszwalb",
            "felzenszwalb alone",
            {"sigma": 0.5, "min_size": 64},
            felzenszwalb_alone,
            cost=40,
            seeded=False,
        ),
        Method("slic", "SLIC alone", {"compactness": 10, "search": 1}, slic_alone, cost=5, seeded=False),
    ]
    return {method.name: method for method in found}


def sources(names: tuple[str, ...]) -> str:
    """Return a hash of modules and folders of our program."""
    digest = hashlib.sha256()
    for name in names:
        place = _ROOT / "pipeline" / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(file.relative_to(_ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def _published(name: str, title: str, *, cost: float, work: float) -> Method:
    path = _ROOT / "configs" / f"{name}.toml"
    # What the file says, not what it is filled up with: a new setting whose default keeps things as they are would
    # make hours of results void.
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    train = {key: value for key, value in table["train"].items() if key != "steps"}
    # Results are older than the stride, which has always been 1 for what is published.
    network = {key: value for key, value in table["network"].items() if (key, value) != ("stride", 1)}
    settings = {"presegment": table.get("presegment"), "network": network, "train": train}
    return Method(name, title, settings, partial(train_published, config=load_config(path)), cost=cost, work=work)
