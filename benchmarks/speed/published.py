"""Cases of the published loop, whose full length nobody waits for: a few steps are timed."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.speed.arithmetic import by_steps
from benchmarks.speed.case import Bench, Case, Details
from benchmarks.speed.command import ROOT, run
from benchmarks.speed.figures import Figures
from benchmarks.speed.ours import FEWEST, segment
from pipeline.config.load import load_config

CONFIG = ROOT / "configs" / "alternating.toml"
_STEPS = 4
_FEW, _MORE = 1, 4
# Rough seconds of a step on a megapixel with two cores.
_STEP = 5.0


def whole_image(megapixels: float, identity: dict[str, Any], runs: int) -> Case:
    """Return the case of the loop on a whole image with all cores; its figures are of a few steps."""
    return Case(
        "published-whole",
        "published loop, whole image",
        megapixels,
        partial(_whole, megapixels=megapixels),
        {**identity, "steps": _STEPS},
        10 + _STEPS * _STEP * megapixels,
        runs,
    )


def by_tiles(megapixels: float, identity: dict[str, Any], runs: int) -> Case:
    """Return the case of the loop tile by tile as the product runs it; figures are of the longer of two runs."""
    return Case(
        "published-tiles",
        "published loop, tile by tile",
        megapixels,
        partial(_tiled, megapixels=megapixels),
        {**identity, "steps": [_FEW, _MORE]},
        20 + (_FEW + _MORE) * _STEP * megapixels,
        runs,
    )


def _whole(bench: Bench, megapixels: float) -> tuple[Figures, Details]:
    image = bench.scene.cut(megapixels, bench.scratch)
    program = "benchmarks.speed.programs.loop"
    figures, printed = run([sys.executable, "-m", program, str(image), str(CONFIG), f"--steps={_STEPS}"])
    told = json.loads(printed.splitlines()[-1])
    step = sum(told["steps"]) / len(told["steps"])
    return figures, {**told, "wall": told["before"] + told["whole"] * step}


def _tiled(bench: Bench, megapixels: float) -> tuple[Figures, Details]:
    wanted = load_config(CONFIG).train.steps
    found = []
    for steps in (_FEW, _MORE):
        # A training ends when labels are few; that of a step or two never does.
        settings = (*_settings(CONFIG), f"train.steps={steps}", "train.min_labels=1", FEWEST)
        found.append(segment(bench, megapixels, settings))
    (few, _), (more, details) = found
    wall = by_steps((_FEW, few.wall), (_MORE, more.wall), wanted)
    cpu = by_steps((_FEW, few.cpu), (_MORE, more.cpu), wanted)
    return more, {**details, "whole": wanted, "wall": wall, "cpu": cpu}


def _settings(path: Path) -> tuple[str, ...]:
    """Turn a configuration file into settings, as the command line takes them."""
    import tomllib

    content = tomllib.loads(path.read_text(encoding="utf-8"))
    settings = []
    for name, value in content.items():
        if isinstance(value, dict):
            settings += [f"{name}.{key}={json.dumps(inner)}" for key, inner in value.items()]
        else:
            settings.append(f"{name}={json.dumps(value)}")
    return tuple(settings)
