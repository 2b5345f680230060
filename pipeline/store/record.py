"""A finished tile: its segments, their votes, and what is known of its labels."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.stitch.table import LabelTable
from pipeline.store.arrays import is_there, load_arrays, need_arrays, save_arrays

_TABLE = ("pixels", "sums", "squares", "textures", "borders")


@dataclass(frozen=True)
class TileSummary:
    """The small part of a record, which travels to the scheduler and into the manifest."""

    row: int
    column: int
    valid: int
    """Valid pixels of the uncut write box."""

    segments: int
    """Pre-segments of the read box."""

    labels: int
    """Labels in use."""

    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by stage."""

    memory: int = 0
    """Peak resident bytes of the worker so far."""

    worker: str = ""
    """Host and process that labelled it."""

    attempt: int = 0
    """How many trainings diverged before the one that labelled it."""

    found: bool = False
    """Whether an earlier run had labelled it."""

    losses: tuple[float, ...] = ()
    """Loss at every step, where the tile was trained."""

    label_counts: tuple[int, ...] = ()
    """Labels left at every step."""

    ended: str = ""
    """Why training ended."""

    kept: int = 0
    """The step, from 0, whose state labelled the tile, where it was trained."""

    changed: float = 0.0
    """Share of the read box's valid pixels that training on from the prior has given another class."""


@dataclass(frozen=True)
class TileRecord:
    """All of a finished tile."""

    summary: TileSummary
    segments: NDArray[np.int32]
    """(rows, columns) of the read box; 0 = outside."""

    valid: NDArray[np.bool_]
    """(rows, columns) of the read box: what the file says of its pixels, against which the map is proven."""

    labels: NDArray[np.uint16]
    """(n + 1,): the majority label of each segment over the read box; 0 for segment 0."""

    votes: NDArray[np.int64]
    """(m, 3): segment, label, and how many pixels of the uncut write box they share."""

    table: LabelTable | None
    """What is known of each label; None where a prior labelled the tile, which knows its classes."""

    thumbnail: NDArray[np.uint8]
    """(h, w, 4): the write box made smaller, for the preview: red, green, blue, opacity."""


def save_record(path: Path, record: TileRecord, mark: str) -> None:
    """Write a record, whole or not at all; `mark` tells it from all others."""
    text = json.dumps(asdict(record.summary)).encode()
    save_arrays(
        path,
        {
            "summary": np.frombuffer(text, dtype=np.uint8),
            "segments": record.segments,
            "valid": np.packbits(record.valid, axis=1),
            "labels": record.labels,
            "votes": record.votes,
            **({} if record.table is None else {name: getattr(record.table, name) for name in _TABLE}),
            "thumbnail": record.thumbnail,
        },
        mark,
    )


def load_summary(path: Path, mark: str) -> TileSummary | None:
    """Read a record's summary; None when there is no whole record with this mark."""
    arrays = load_arrays(path, "summary") if is_there(path, mark) else None
    if arrays is None:
        return None
    values: dict[str, Any] = json.loads(arrays[0].tobytes())
    values["losses"], values["label_counts"] = tuple(values["losses"]), tuple(values["label_counts"])
    return TileSummary(**values)


def load_table(path: Path) -> LabelTable:
    """Read a record's label descriptors; a tile that trained its own network has some."""
    return LabelTable(*need_arrays(path, *_TABLE))


def load_votes(path: Path) -> NDArray[np.int64]:
    """Read a record's votes (m, 3)."""
    return need_arrays(path, "votes")[0]


def load_segments(path: Path) -> NDArray[np.int32]:
    """Read a record's segments."""
    return need_arrays(path, "segments")[0]


def load_valid(path: Path, columns: int) -> NDArray[np.bool_]:
    """Read which pixels of a record's read box, of so many columns, are valid."""
    return np.unpackbits(need_arrays(path, "valid")[0], axis=1, count=columns).view(np.bool_)


def load_labelled_segments(path: Path) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Read a record's segments and the label of each."""
    segments, labels = need_arrays(path, "segments", "labels")
    return segments, labels


def load_thumbnail(path: Path) -> NDArray[np.uint8]:
    """Read a record's thumbnail."""
    return need_arrays(path, "thumbnail")[0]
