"""How long a run took, and where: the one part of a report that is another every time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.export.report.units import counted, duration

_PHASES = {
    "prior": "Learning what the classes are",
    "tiles": "Labelling the tiles",
    "links": "Comparing neighbouring tiles",
    "join": "Joining their classes",
    "write": "Writing the maps",
    "seams": "Measuring borders",
    "objects": "Finding objects",
    "vector": "Writing their polygons",
    "style": "Writing styles",
    "stac": "Writing the STAC item",
    "animation": "Drawing the animation",
}
_STAGES = {
    "read": "Reading",
    "presegment": "Pre-segmenting",
    "train": "Training",
    "adapt": "Training on",
    "label": "Labelling",
    "vote": "Voting",
    "save": "Saving",
}
# Of more tiles than that, the slowest are listed.
_LISTED = 200
_FAINTEST = 0.12


@dataclass(frozen=True)
class TileTime:
    """A tile of the map of times."""

    box: tuple[int, int, int, int]
    """x, y, width, height in pixels of the scene."""

    depth: float
    """Of its colour, up to 1."""

    place: str
    took: str
    valid: str
    segments: str
    seconds: float


@dataclass(frozen=True)
class Timings:
    """Of a run."""

    total: str
    workers: str
    phases: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    """Summed over tiles."""

    tiles: tuple[TileTime, ...]
    listed: tuple[TileTime, ...]
    """Those that the table has."""

    quickest: str
    slowest: str
    size: tuple[int, int]
    """Columns and rows of the scene."""


def find_timings(record: Mapping[str, Any], run: Mapping[str, Any]) -> Timings | None:
    """Read how long all took; None where it is not known.

    Args:
        record: content of manifest.json.
        run: content of run.json.
    """
    if not run:
        return None
    tiles = _tiles(record, run)
    stages: dict[str, float] = {}
    for tile in run["tiles"]:
        for stage, seconds in tile["seconds"].items():
            stages[stage] = stages.get(stage, 0) + seconds
    ordered = sorted(tiles, key=lambda tile: -tile.seconds)
    return Timings(
        total=duration(sum(run["seconds"].values())),
        workers=_workers(run),
        phases=tuple((_PHASES.get(name, f"Writing {name}"), duration(spent)) for name, spent in run["seconds"].items()),
        stages=tuple((_STAGES.get(name, name), duration(spent)) for name, spent in stages.items()),
        tiles=tiles,
        listed=tiles if len(tiles) <= _LISTED else tuple(ordered[:_LISTED]),
        quickest=ordered[-1].took,
        slowest=ordered[0].took,
        size=(record["grid"]["columns"][-1], record["grid"]["rows"][-1]),
    )


def _tiles(record: Mapping[str, Any], run: Mapping[str, Any]) -> tuple[TileTime, ...]:
    rows, columns = record["grid"]["rows"], record["grid"]["columns"]
    told = record["tiles"]
    # Tiles of a scene among others are numbered in all that was cut.
    first_row, first_column = (min(tile[key] for tile in told) for key in ("row", "column"))
    seconds = [sum(tile["seconds"].values()) for tile in run["tiles"]]
    slowest = max(seconds)
    found = []
    for tile, spent in zip(told, seconds, strict=True):
        row, column = tile["row"] - first_row, tile["column"] - first_column
        left, top = columns[column], rows[row]
        found.append(
            TileTime(
                box=(left, top, columns[column + 1] - left, rows[row + 1] - top),
                depth=round(_FAINTEST + (1 - _FAINTEST) * spent / slowest, 3) if slowest > 0 else _FAINTEST,
                place=f"Row {row + 1}, column {column + 1}",
                took=duration(spent),
                valid=f"{tile['valid']:,}",
                segments=f"{tile['segments']:,}",
                seconds=spent,
            )
        )
    return tuple(found)


def _workers(run: Mapping[str, Any]) -> str:
    workers, gpus, cluster = run["workers"] + run["gpu_workers"], run["gpus"], run["cluster"]
    if cluster["scheduler"] is not None or cluster["slurm"] is not None:
        return "by a cluster's workers"
    where = "in one process" if workers == 0 else f"by {counted(workers, 'worker')}"
    return f"{where}, with {counted(len(gpus), 'GPU')}" if gpus else where
