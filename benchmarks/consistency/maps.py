"""Class maps by runs of the product, kept in a cache, and read back in strips."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.measure.seams import Read
from pipeline.raster.labels import read_labels
from pipeline.raster.numbers import open_numbers
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene, scene_name

_STRIP = 512


@dataclass(frozen=True)
class Map:
    """A finished run."""

    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the run says of itself."""
        content: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return content

    @property
    def prior(self) -> Path:
        """The network that labelled it."""
        return self.folder / "prior.pt"

    @property
    def read(self) -> Read:
        """Gives the classes of a box."""
        return partial(read_labels, open_numbers(self.folder / "classes.tif"))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.manifest["scene"]["raster"]["shape"]
        return rows, columns


def make_map(scene: Path, settings: Sequence[str], folder: Path) -> Map:
    """Segment a scene into a folder, unless the same code has done so with the same settings."""
    config = load_config(None, settings)
    plan = plan_scene(Scene(scene_name(str(scene)), str(scene)), config, Options(out=folder), versions())
    result = Map(plan.out)
    if (plan.out / "manifest.json").exists() and result.manifest["fingerprint"] == plan.fingerprint:
        return result
    print(f"{scene.name}: {' '.join(settings)}", flush=True)
    with open_cluster(config.cluster, plan.workers) as executor:
        segment_scene(plan, executor)
    return result


def strips(first: Map, second: Map) -> Iterator[tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]]:
    """Yield the classes of two maps of one scene, strip by strip."""
    rows, columns = first.shape
    for top in range(0, rows, _STRIP):
        box = Box(top, 0, min(top + _STRIP, rows), columns)
        yield first.read(box), second.read(box)
