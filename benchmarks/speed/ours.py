"""Cases of ours: whole runs by size, outputs and workers, and the floor beneath them."""

import json
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.speed.case import Bench, Case, Details
from benchmarks.speed.command import run
from benchmarks.speed.figures import Figures

FEWEST = 'output.products=["classes"]'
"""The setting for classes.tif, finest.tif and the preview alone."""

# Rough seconds of a run: those that do not depend on its size, and those of a megapixel.
_FIXED, _EACH = 15.0, 1.6
_FLOOR = 0.7
_CORNER = 1000
PROCESSES = 2


def name_of(megapixels: float, variant: str = "all") -> str:
    """Return the name of the case of a size."""
    return f"ours-{variant}-{megapixels:g}"


def whole_run(
    megapixels: float,
    variant: str,
    settings: tuple[str, ...],
    identity: dict[str, Any],
    runs: int,
    *,
    trained: bool = True,
) -> Case:
    """Return the case of a run of so many megapixels; those the scene has not are made of its copies.

    Args:
        megapixels: of the part of the scene.
        variant: names it among those of this size.
        settings: that differ from the defaults.
        identity: what its figures follow from.
        runs: how many.
        trained: whether it trains its network; while it does, tiles are begun already, and their phase is not all of
            their time.
    """
    return Case(
        name_of(megapixels, variant),
        f"ours, {variant}",
        megapixels,
        partial(segment, megapixels=megapixels, settings=settings, trained=trained),
        {**identity, "settings": settings, "trained": trained},
        _FIXED + _EACH * megapixels,
        runs,
    )


def segment(
    bench: Bench, megapixels: float, settings: tuple[str, ...], *, trained: bool = True
) -> tuple[Figures, Details]:
    """Run the product, with a network of its own or that of the scene's corner; it tells where its time went."""
    path, (rows, columns) = bench.scene.sized(megapixels, bench.scratch)
    chosen = [f"--set={setting}" for setting in (*bench.settings, *settings)]
    with tempfile.TemporaryDirectory(dir=bench.scratch) as out:
        program = [sys.executable, "-m", "pipeline", "segment", str(path), "--quiet", *chosen]
        prior: list[str] = []
        if not trained:
            run([*program, f"--out={out}/corner", f"--window=0,0,{_CORNER},{_CORNER}"])
            prior = [f"--prior={next(Path(out).glob('corner/*/prior.pt'))}"]
        figures, _ = run([*program, f"--out={out}/map", f"--window=0,0,{columns},{rows}", *prior])
        (told,) = Path(out).glob("map/*/run.json")
        return figures, digest(json.loads(told.read_text(encoding="utf-8")))


def digest(told: dict[str, Any]) -> Details:
    """Keep of a run.json the seconds by phase, those of the training, and those of tiles by stage, summed."""
    stages: dict[str, float] = {}
    for tile in told["tiles"]:
        for stage, seconds in tile["seconds"].items():
            stages[stage] = stages.get(stage, 0.0) + seconds
    return {
        "seconds": told["seconds"],
        "prior": told["prior"],
        "tiles": stages,
        "count": len(told["tiles"]),
        "workers": told["workers"],
        "gpus": len(told["gpus"]),
    }


def cores_run(runs: int) -> Case:
    """Return the case of what this machine's second core adds to the first, whatever the program."""
    return Case("cores", "products and copies by two processes", 0.0, _cores, {"processes": PROCESSES}, 15.0, runs)


def _cores(_bench: Bench) -> tuple[Figures, Details]:
    figures, printed = run([sys.executable, "-m", "benchmarks.speed.programs.cores"])
    return figures, json.loads(printed.splitlines()[-1])


def floor_run(megapixels: float, identity: dict[str, Any], runs: int, *, halo: bool) -> Case:
    """Return the case of the least that a run must do."""
    return Case(
        f"floor-{'halo' if halo else 'bare'}-{megapixels:g}",
        "floor, tiles with halo" if halo else "floor, each pixel once",
        megapixels,
        partial(_floor, megapixels=megapixels, halo=halo),
        {**identity, "processes": PROCESSES},
        5 + _FLOOR * megapixels,
        runs,
    )


def _floor(bench: Bench, megapixels: float, *, halo: bool) -> tuple[Figures, Details]:
    path, (rows, columns) = bench.scene.sized(megapixels, bench.scratch)
    with tempfile.TemporaryDirectory(dir=bench.scratch) as out:
        words = [str(path), str(rows), str(columns), str(Path(out) / "map.tif"), f"--processes={PROCESSES}"]
        program = "benchmarks.speed.programs.floor"
        figures, printed = run([sys.executable, "-m", program, *words, *([] if halo else ["--no-halo"])])
        return figures, json.loads(printed.splitlines()[-1])
