"""All cases, in the order in which they run and in which tables show them."""

import sys
from dataclasses import dataclass

from benchmarks.speed.case import Case
from benchmarks.speed.ours import FEWEST, cores_run, floor_run, name_of, whole_run
from benchmarks.speed.published import by_tiles, whole_image
from benchmarks.speed.rivals import rivals
from benchmarks.speed.scene import Scene
from pipeline.cluster.fitness import code_version

SMALL, MIDDLE, BAR = 1.0, 4.0, 25.0
"""Megapixels: of the smallest run; of the one that the cost at the margin begins at; of the one that bars are about."""

LARGE = (100.0, 400.0)
"""Megapixels of the scene's copies side by side."""


@dataclass(frozen=True)
class Choice:
    """How often and how large."""

    runs: int = 3
    rival_runs: int = 1
    rival_megapixels: float = BAR
    shepherd: str = sys.executable
    """A Python that has pyshepseg."""

    revision: str = ""
    """Name of the program's state; empty: a hash of its sources."""

    settings: tuple[str, ...] = ()


def sizes(scene: Scene) -> list[float]:
    """Return the megapixels of the runs on the scene itself: the usual ones that it has, and the whole."""
    usual = [size for size in (SMALL, MIDDLE, BAR) if scene.window(size)]
    whole = round(scene.megapixels, 2)
    return usual if any(scene.window(size) == scene.shape for size in usual) else [*usual, whole]


def cases(scene: Scene, choice: Choice) -> dict[str, Case]:
    """Return the cases by name."""
    state = {"revision": choice.revision or code_version(), "given": choice.settings}
    bar = min(BAR, max(sizes(scene)))
    found = [floor_run(bar, state, choice.runs, halo=halo) for halo in (True, False)]
    for size in reversed(sizes(scene)):
        found.append(whole_run(size, "all", (), state, choice.runs))
        found.append(whole_run(size, "classes", (FEWEST,), state, choice.runs))
    found += [
        whole_run(bar, f"workers{count}", (FEWEST, f"cluster.workers={count}"), state, choice.runs, trained=False)
        for count in (1, 2)
    ]
    found.append(cores_run(choice.runs))
    found += [whole_image(SMALL, state, choice.rival_runs), by_tiles(MIDDLE, state, choice.rival_runs)]
    found += rivals(min(choice.rival_megapixels, bar), choice.rival_runs, choice.shepherd)
    found += [whole_run(size, "all", (), state, 1) for size in LARGE]
    return {case.name: case for case in found}


BAR_CASE = name_of(BAR)
"""The case that most bars are about."""
