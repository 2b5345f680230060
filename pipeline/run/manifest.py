"""manifest.json: everything needed to repeat the run, and what it measured about itself."""

from dataclasses import asdict, dataclass
from typing import Any

from pipeline.export.product import Finished
from pipeline.measure.seams import Seams
from pipeline.run.levels import class_entries, levels_entry
from pipeline.run.plan import ScenePlan
from pipeline.store.record import TileSummary
from pipeline.store.training import PriorSummary


@dataclass(frozen=True)
class Course:
    """How a run went."""

    prior: PriorSummary | None
    tiles: list[TileSummary]
    seams: Seams | None
    seconds: dict[str, float]


# Of a tile's summary, what is another in every run.
_TIMINGS = ("seconds", "memory", "worker", "found")
# What is told of the classes and levels.
_TOLD = ("meaning",)


def timings_of(plan: ScenePlan, course: Course) -> dict[str, Any]:
    """Return the content of run.json: all that is another in every run, and nothing that a result follows from.

    Args:
        plan: of the run.
        course: how it went.
    """
    return {
        "cluster": plan.config.cluster.model_dump(mode="json"),
        "workers": plan.workers,
        "gpus": plan.gpus,
        "gpu_workers": plan.gpu_workers,
        "projected": {"memory": plan.memory_total, "work": plan.work_bytes, "out": plan.out_bytes},
        "seconds": course.seconds,
        "prior": {} if course.prior is None else course.prior.seconds,
        "tiles": [
            {"row": tile.row, "column": tile.column, **{name: getattr(tile, name) for name in _TIMINGS}}
            for tile in course.tiles
        ],
    }


def manifest_of(plan: ScenePlan, finished: Finished, course: Course) -> dict[str, Any]:
    """Return the content of a run's manifest, which is written last: where it stands, the other outputs are complete.

    It is the same to the byte whenever and by however many workers the run was done; `timings_of` has the rest.

    Args:
        plan: of the run.
        finished: its map.
        course: how it went.
    """
    return {
        "scene": {
            "path": plan.scene.path,
            "window": asdict(plan.source.window),
            "bands": plan.source.bands,
            "raster": asdict(plan.source.spec),
            "scaling": asdict(finished.scaling),
            "neighbours": [
                {"path": piece.source.path, "box": asdict(piece.box)}
                for piece in plan.source.pieces
                if piece.source != plan.source.alone
            ],
        },
        "fingerprint": plan.fingerprint,
        "config_fingerprint": plan.config_fingerprint,
        "config": plan.config.model_dump(mode="json", exclude={"cluster"}),
        "versions": plan.identity["versions"],
        "device": {"kind": plan.identity["device"], "instructions": plan.identity["instructions"]},
        "grid": {
            "tiles": len(plan.grid),
            "size": plan.grid.size,
            "halo": plan.grid.halo,
            "offset": plan.grid.offset,
            "rows": plan.grid.row_edges,
            "columns": plan.grid.column_edges,
        },
        "classes": class_entries(finished.level.classes, finished.pixels),
        "nodata_pixels": finished.nodata,
        "seams": None if course.seams is None else asdict(course.seams),
        "levels": levels_entry(finished.finest),
        "prior": None if course.prior is None else {**_lasting(course.prior), "scenes": plan.scenes},
        "tiles": [_lasting(tile) for tile in course.tiles],
    }


def _lasting(summary: TileSummary | PriorSummary) -> dict[str, Any]:
    return {name: value for name, value in asdict(summary).items() if name not in _TIMINGS + _TOLD}
