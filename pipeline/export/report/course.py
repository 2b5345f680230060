"""The course of a run's trainings: one network's, and those of tiles taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from pipeline.export.report.plot import Plot, draw_plot
from pipeline.export.report.units import counted
from pipeline.export.report.words import ENDED


@dataclass(frozen=True)
class Training:
    """A training, or several alike."""

    title: str
    said: str
    plots: tuple[Plot, ...]
    rows: tuple[tuple[str, ...], ...]
    """Step, loss, labels."""


def find_trainings(record: Mapping[str, Any]) -> tuple[Training, ...]:
    """Return what a run has trained; nothing where it labelled with a network of an earlier run."""
    found = []
    prior = record["prior"]
    if prior is not None and prior["course"] is not None:
        found.append(_of_network(prior))
    tiles = [tile for tile in record["tiles"] if tile["losses"]]
    if tiles:
        found.append(_of_tiles(tiles, scope=record["config"]["train"]["scope"]))
    return tuple(found)


def _of_network(prior: Mapping[str, Any]) -> Training:
    course, scenes = prior["course"], len(prior.get("scenes", ()))
    whose = f"patches of {scenes} scenes" if scenes > 1 else "patches of the scene"
    losses, labels, kept = course["losses"], course["labels"], course["kept"]
    said = f"One network learnt from {prior['patches']} {whose} and then labelled all tiles. {ENDED[course['ended']]}"
    return Training(
        "The network",
        said,
        (draw_plot("Loss", losses, kept=kept), draw_plot("Labels in use", labels, whole=True, kept=kept)),
        _rows(losses, labels),
    )


def _of_tiles(tiles: Sequence[Mapping[str, Any]], *, scope: str) -> Training:
    """Draw the middle of all tiles that still train at a step, and their range."""
    losses, labels = (_middle([tile[key] for tile in tiles]) for key in ("losses", "label_counts"))
    went_on = "trained on from it" if scope == "adapt" else "trained a network of its own"
    each = "The tile" if len(tiles) == 1 else f"Each of {counted(len(tiles), 'tile')}"
    said = f"{each} {went_on}. The line is the median of the tiles, the band reaches from the lowest to the highest."
    return Training(
        "The tiles",
        said,
        tuple(
            draw_plot(title, lines[0], whole=whole, around=lines[1:])
            for title, lines, whole in (("Loss", losses, False), ("Labels in use", labels, True))
        ),
        _rows(losses[0], labels[0]),
    )


def _middle(courses: Sequence[Sequence[float]]) -> tuple[list[float], list[float], list[float]]:
    """Return median, least and greatest at every step of those that reach it."""
    steps = [[value for value in step if value is not None] for step in zip_longest(*courses)]
    return [float(np.median(step)) for step in steps], [min(step) for step in steps], [max(step) for step in steps]


def _rows(losses: Sequence[float], labels: Sequence[float]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(step), f"{loss:.4f}", f"{count:g}")
        for step, (loss, count) in enumerate(zip(losses, labels, strict=True), 1)
    )
