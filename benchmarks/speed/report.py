"""docs/performance.md, written from whatever is cached."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.speed.case import Case
from benchmarks.speed.catalogue import BAR
from benchmarks.speed.found import Found
from benchmarks.speed.gpu import gpu_lines
from benchmarks.speed.profile import profile_lines
from benchmarks.speed.scene import Scene
from benchmarks.speed.store import Store
from benchmarks.speed.tables import bars_lines, floor_lines, rivals_lines, sizes_lines
from pipeline.files import write_text

_HEAD = """# Time and memory

Written by `make bench` from its results; no number of a measurement here was typed.

- **wall** and **CPU s** are of whole commands, start and end included, CPU summed over all processes; **GB** is the
  peak of the sum over all processes, pages that they share counted once. Medians of the runs that the tables name.
- **Others get a cut** of the scene as an uncompressed, tiled GeoTIFF, with their defaults or the settings that
  benchmarks/speed/rivals.py names; ours reads its window of the scene itself. Theirs are segments, ours classes too.
- **The published loop** (`configs/alternating.toml`) is timed for a few steps and extrapolated to all of its 64, by our
  own arithmetic, which spares it the search for every segment's pixels. It may end earlier, when few labels are left.
- **Extrapolated** figures are of another size, or of fewer steps, at the same cost a pixel or a step.
"""


_FLAT = """A megapixel more costs a small scene little: while its network is trained, idle workers pre-segment its
tiles, some 25 Mpx on two cores. What is beyond that costs its full time, so wall times bend there."""


def write_report(path: Path, store: Store, cases: Mapping[str, Case], scene: Scene) -> None:
    """Write the page, whole or not at all; what was not measured is said."""
    latest = {name: store.latest(case) for name, case in cases.items()}
    found = Found(cases, {name: result for name, result in latest.items() if result is not None})
    lines = [_HEAD, *_where(found, store, scene), "", "## Bars", "", *bars_lines(found), ""]
    lines += [_FLAT, ""]
    lines += ["Quality at these defaults: docs/quality.md. Tiles and seeds: docs/consistency.md.", ""]
    lines += ["## Beside others", "", *rivals_lines(found), "", "## Sizes", "", *sizes_lines(found), ""]
    lines += [
        "Sizes that the scene has not are of a raster that repeats it (benchmarks/repeat.py). `classes` makes",
        "classes.tif, finest.tif and the preview alone.",
        "",
    ]
    profiled = found.first(f"ours-all-{BAR:g}") or found.first("ours-all-")
    if profiled is not None:
        lines += ["## Profile", "", f"{profiled[0].megapixels:g} Mpx, default outputs.", ""]
        lines += [*profile_lines(profiled[1], profiled[0].megapixels), ""]
    lines += [
        "## The floor",
        "",
        "Two processes decode the tiles, pre-segment them and pass them through the network once; then the labels are",
        "encoded as a cloud-optimised GeoTIFF of one byte. Nothing is trained, voted on, linked, checked or described.",
        "",
        *floor_lines(found),
        "",
        *gpu_lines(found),
    ]
    write_text(path, "\n".join(lines).rstrip() + "\n")


def _where(found: Found, store: Store, scene: Scene) -> list[str]:
    told = store.machine()
    lines = [f"- **Scene**: {scene.path.name}, {scene.shape[1]} x {scene.shape[0]} px."]
    if told:
        lines += [f"- **Machine**: {told['cores']} cores, {told['processor']}, {told['memory']}, {told['system']}."]
        lines += [f"- **Versions**: {told['versions']}."]
    results = list(found.results.values())
    if results:
        revisions = sorted({str(one.identity["revision"]) for one in results if "revision" in one.identity})
        busy = max(load.busy for one in results for load in one.loads)
        average = max(load.average for one in results for load in one.loads)
        span = (max(one.ended for one in results) - min(one.began for one in results)) / 60
        lines += [
            f"- **Revision** of ours: {', '.join(revisions) or 'none measured'} (hash of the sources).",
            (
                f"- **Load**: within {span:.0f} minutes; at most {busy:.1f} cores were busy in the second before a run "
                f"and the load average was at most {average:.1f}, which counts the run before."
            ),
        ]
    return lines
