"""docs/consistency.md, from the results in a cache."""

import json
from pathlib import Path
from typing import Any

from pipeline.files import write_text

_HEAD = """# Consistency

A map should depend neither on where tiles lie nor on the seed. This page is written by

```
{command}
```

from the results of runs with the default configuration{settings}{code}.
"""
_TILINGS = """
## Tilings

One network per scene, since its bytes do not depend on tiles (a test holds that). *Ratio*: label changes on tile
borders over those on the same lines of the untiled map, pooled over 8 offsets of the grid; the interval is a 95 %
bootstrap over border pieces of 128 px. *One run*: what a single run's manifest tells of itself, against lines beside
its borders.

| scene | classes | tile | border pixels | ratio | 95 % | one run | 95 % |
|---|---|---|---|---|---|---|---|
"""
_EQUAL = """
Pixels with the same class, %:

| scene | {names} |
|---|{rule}|
"""
_RESTARTS = """
## Restarts

Five seeds; adjusted Rand index of the ten pairs.

| scene | classes | mean | minimum |
|---|---|---|---|
"""


def write_report(path: Path, results: Path, command: str, settings: str) -> None:
    """Write the page from all results that are there."""
    tilings, restarts = (_load(results, kind) for kind in ("tilings", "restarts"))
    codes = sorted({one["code"] for one in (*tilings, *restarts)})
    code = f" (code {', '.join(codes)} of their manifests)" if codes else ""
    text = _HEAD.format(command=command, settings=settings, code=code)
    if tilings:
        text += _TILINGS + "".join(map(_borders, tilings))
        names = list(tilings[0]["equal"])
        text += _EQUAL.format(names=" | ".join(names), rule="|".join("---" for _ in names))
        for one in tilings:
            text += _row(one["scene"], *(f"{100 * one['equal'][name]:.3f}" for name in names))
    if restarts:
        text += _RESTARTS
        for one in restarts:
            mean, least = sum(one["ari"]) / len(one["ari"]), min(one["ari"])
            text += _row(one["scene"], ", ".join(map(str, one["classes"])), f"{mean:.3f}", f"{least:.3f}")
    write_text(path, text)


def _load(results: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(results.glob(f"{kind}-*.json"))]


def _borders(one: dict[str, Any]) -> str:
    rows = ""
    for size, told in one["borders"].items():
        alone = told["one_run"] or {"excess": None, "interval": None}
        figures = (_number(told["ratio"]), _span(told["interval"]), _number(alone["excess"]), _span(alone["interval"]))
        rows += _row(one["scene"], one["classes"], size, f"{told['pixels']:,}", *figures)
    return rows


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def _span(interval: list[float] | None) -> str:
    return "none" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"
