"""docs/sensitivity.md, written from whatever is there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.comparison.tables import table
from benchmarks.steadiness.changes import DEFAULT, SEED, changes
from benchmarks.steadiness.race import LABELS, METHODS, MOST_STEPS
from pipeline.files import write_text

Results = Sequence[Mapping[str, Any]]

_HEAD = """# What a result follows from

Written by `make sensitivity` from its results; no number here was typed.
"""
_CHANGES = f"""## One setting changed

The adjusted Rand index between the map of the defaults and the map with one setting changed, same seed; `{SEED}`
changes nothing else, so it says what chance alone does.
"""
_RACE = f"""## Pre-segments at equal counts

Steps that the published training (`configs/alternating.toml`, on the whole image, from random weights) needs until
{LABELS} labels or fewer are left, {MOST_STEPS} at most. SLIC and watershed are set to felzenszwalb's number of segments
in every image.
"""


def write_report(path: Path, changed: Results, raced: Results) -> None:
    """Write the report, whole or not at all."""
    lines = [_HEAD]
    if any(row["change"] != DEFAULT for row in changed):
        lines += [_CHANGES, *changes_table(changed), "", changes_in_words(changed), ""]
    if raced:
        lines += [_RACE, *race_table(raced), "", race_in_words(raced), ""]
    write_text(path, "\n".join(lines))


def changes_table(results: Results) -> list[str]:
    """Show every change and every image, and the mean over images."""
    images = sorted({row["image"] for row in results})
    body = []
    for name, found in _by_change(results).items():
        cells = [f"{found[image]:.3f}" if image in found else "" for image in images]
        body.append([name, *cells, f"{fmean(found.values()):.3f}"])
    labels = {row["image"]: str(row["labels"]) for row in results if row["change"] == DEFAULT}
    body.append(["labels of the default", *(labels.get(image, "") for image in images), ""])
    return table(["changed", *images, "mean"], body)


def changes_in_words(results: Results) -> str:
    """Say which change does most, which least, and which of them do more than chance."""
    means = {name: fmean(found.values()) for name, found in _by_change(results).items()}
    chance = means.pop(SEED, None)
    if not means:
        return ""
    most, least = min(means, key=lambda name: means[name]), max(means, key=lambda name: means[name])
    text = (
        f"Of the settings, {most} changes the map most (mean ARI {means[most]:.3f}) and {least} least"
        f" ({means[least]:.3f})."
    )
    if chance is None:
        return text
    more = [name for name, value in means.items() if value < chance]
    said = f"more than chance are {_listed(more)}" if more else "none of them changes it more than chance"
    return f"{text} Another seed leaves {chance:.3f}: {said}."


def race_table(results: Results) -> list[str]:
    """Show the segments and the steps of every method; a run that did not get there counts as more than all steps."""
    body = []
    for method in METHODS:
        rows = [row for row in results if row["method"] == method]
        if rows:
            steps = sorted(_steps(row) for row in rows)
            there = sum(row["steps"] is not None for row in rows)
            segments = f"{fmean(row['segments'] for row in rows):.0f}"
            body.append(
                [method, segments, *map(_shown, (median(steps), steps[0], steps[-1])), f"{there} of {len(rows)}"]
            )
    return table(["segments by", "segments", "median steps", "fewest", "most", f"runs that reached {LABELS}"], body)


def race_in_words(results: Results) -> str:
    """Hold the claim that felzenszwalb needs fewer steps against all pairs of one image and seed."""
    rows = {(row["image"], row["seed"], row["method"]): row for row in results}
    first, *others = METHODS
    sentences, apart = [], 0.0
    for other in others:
        pairs = [
            (row, rows[image, seed, other])
            for (image, seed, method), row in rows.items()
            if method == first and (image, seed, other) in rows
        ]
        if not pairs:
            continue
        apart = max([apart, *(abs(two["segments"] / one["segments"] - 1) for one, two in pairs)])
        fewer = sum(_steps(one) < _steps(two) for one, two in pairs)
        more = sum(_steps(one) > _steps(two) for one, two in pairs)
        holds = "holds" if fewer > len(pairs) / 2 else "does not hold"
        sentences.append(
            f"Against {other} the published claim that {first} needs fewer steps {holds}: fewer in {fewer} of"
            f" {len(pairs)} pairs of image and seed, more in {more}, as many in {len(pairs) - fewer - more}."
        )
    images, seeds = len({row["image"] for row in results}), len({row["seed"] for row in results})
    ending = f"{images} images, {seeds} seeds; numbers of segments differ by at most {apart:.1%} within an image."
    return " ".join([*sentences, ending])


def _by_change(results: Results) -> dict[str, dict[str, float]]:
    """Return the index of every change and image, in the order of the changes, without the default."""
    found: dict[str, dict[str, float]] = {name: {} for name in changes() if name != DEFAULT}
    for row in results:
        if row["change"] in found:
            found[row["change"]][row["image"]] = row["ari"]
    return {name: values for name, values in found.items() if values}


def _steps(row: Mapping[str, Any]) -> int:
    return MOST_STEPS + 1 if row["steps"] is None else int(row["steps"])


def _shown(steps: float) -> str:
    return f"over {MOST_STEPS}" if steps > MOST_STEPS else f"{steps:g}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
