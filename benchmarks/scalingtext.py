"""docs/scaling.md in words and tables."""

from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.scaling import Rates, limits, needs

SIZES = (1, 100, 10_000)
"""Gigapixels."""

SCENES = (25, 400, 10_000)
"""Mpx of a scene."""

_TEXT = """# What it takes: 1, 100 and 10,000 gigapixels

Written by `python -m benchmarks.scaling` from the rates at the end, which runs on one machine gave; what the tables say
of more machines is arithmetic, not a measurement. Cores are of that machine, one worker each.

## A day's work

{table}

Of 16 GB a machine, {per_machine} workers fit beside a main process.
A GPU takes over tiles and priors, not the writing.

## Where one run ends

{limits}

**One main process a run** joins, writes and exports, a scene at a time, while its workers label the next and train
priors of those after it (`pipeline/run/flow.py`). With more workers than the table says it is what they wait for. Then
more runs are started, each with its part of the scenes and a folder of its own: they have nothing in common. Scenes
that share a prior (`prior.over = "dataset"`) are one run; a prior that was trained on some of them is given to the
others as `prior.file`.

**The scheduler** is handed a few tiles per worker at a time, whatever the size of the scene. A tile's handing out is
measured with ten thousand that do nothing (`benchmarks/scheduling.py`).

**A scene's workers** are as many as it has tiles; workers beyond that train priors of the next few scenes, or wait.
Small scenes on many workers are better served by several runs.

**A scene at a time in memory**: joining holds tables of the segments that cross borders and of objects, never pixels,
and is linear in a scene's pixels. **Object ids** are 32 bits a scene. **Vector files** are one a scene; where there are
too many polygons for those who open it, cut the scene by `--window`, or take objects.tif.

**Disk**: work directories of three scenes lie at once at most; without room for that, one. Without `--work` they lie
beside the outputs; on several machines they must be on storage that all workers reach.

## Rates

{rates}
"""


def document(rates: Rates) -> str:
    """Return the whole text."""
    return _TEXT.format(
        table=_needs_table(rates),
        limits=_limits_table(rates),
        rates=_table(("rate", "value"), [(f"`{name}`", f"{value:g}") for name, value in asdict(rates).items()]),
        per_machine=max(int((16 - rates.main_gb) / rates.worker_gb), 1),
    )


def _needs_table(rates: Rates) -> str:
    head = (
        *("gigapixels", "scenes of", "scenes", "core days", "main days", "cores", "runs"),
        *("outputs", "records", "network"),
    )
    rows = []
    for size in SIZES:
        for scene in SCENES:
            if scene > size * 1000:
                continue
            found = needs(size, scene, rates)
            rows.append(
                (
                    f"{size:,}",
                    f"{scene:,} Mpx",
                    f"{found.scenes:,}",
                    f"{found.worker_days:,.2f}",
                    f"{found.main_days:,.2f}",
                    f"{found.cores:,}",
                    f"{found.runs:,}",
                    f"{found.outputs_tb:,.3f} TB",
                    f"{found.work_gb:,.1f} GB",
                    f"{found.network_mb_s:,.1f} MB/s",
                )
            )
    return _table(head, rows)


def _limits_table(rates: Rates) -> str:
    found = {scene: limits(scene, rates) for scene in SCENES}
    names = list(found[SCENES[0]])
    rows = [(name, *(f"{found[scene][name]:,.1f}" for scene in SCENES)) for name in names]
    return _table(("scenes of", *(f"{scene:,} Mpx" for scene in SCENES)), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))
