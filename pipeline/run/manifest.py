"""manifest.json: everything needed to repeat the run, and what it measured about itself."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.export.classes import ClassCounts
from pipeline.files import write_text
from pipeline.measure.seams import Seams
from pipeline.prior import PriorSummary
from pipeline.run.plan import ScenePlan
from pipeline.stitch.classes import Classes
from pipeline.store.record import TileSummary


@dataclass(frozen=True)
class Course:
    """How a run went."""

    prior: PriorSummary | None
    tiles: list[TileSummary]
    seams: Seams | None
    seconds: dict[str, float]


def write_manifest(path: Path, plan: ScenePlan, classes: Classes, counts: ClassCounts, course: Course) -> None:
    """Write the manifest, last of all outputs: where it stands, the others are complete."""
    valid = max(sum(counts.pixels), 1)
    described = zip(classes.names, classes.colours, counts.pixels, strict=True)
    content: dict[str, Any] = {
        "scene": {
            "path": plan.scene.path,
            "window": asdict(plan.source.window),
            "bands": plan.source.bands,
            "raster": asdict(plan.source.spec),
            "neighbours": [
                {"path": piece.source.path, "box": asdict(piece.box)}
                for piece in plan.source.pieces
                if piece.source != plan.source.alone
            ],
        },
        "fingerprint": plan.fingerprint,
        "config_fingerprint": plan.config_fingerprint,
        "config": plan.config.model_dump(mode="json"),
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
        "classes": [
            {
                "value": value,
                "name": name,
                "colour": colour,
                "pixels": pixels,
                "share": round(pixels / valid, 6),
            }
            for value, (name, colour, pixels) in enumerate(described, start=1)
        ],
        "nodata_pixels": counts.nodata,
        "seams": None if course.seams is None else asdict(course.seams),
        "workers": plan.workers,
        "gpus": plan.gpus,
        "projected": {"memory": plan.memory_total, "work": plan.work_bytes, "out": plan.out_bytes},
        "seconds": course.seconds,
        "prior": None if course.prior is None else {**asdict(course.prior), "scenes": plan.scenes},
        "tiles": [asdict(tile) for tile in course.tiles],
    }
    write_text(path, json.dumps(content, indent=1) + "\n")
