"""What is known of a box of a map: the components in it, sums over them, their neighbours, their outlines."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from pipeline.components import Rim
from pipeline.stitch.objects import Near, Tally
from pipeline.stitch.outlines import Outlines
from pipeline.store.arrays import need_arrays, save_arrays

_Arrays = TypeVar("_Arrays", Rim, Tally, Near, Outlines)


@dataclass(frozen=True)
class Survey:
    """A survey of a box; what was not asked for is None."""

    rim: Rim
    tally: Tally
    near: Near | None
    outlines: Outlines | None


def save_survey(path: Path, found: Survey) -> None:
    """Write a survey, whole or not at all; not at all where its folder is gone, for then nobody wants it any more.

    Raises:
        OutputError: it cannot be written.
    """
    if not path.parent.is_dir():
        return
    known = [part for part in (found.rim, found.tally, found.near, found.outlines) if part is not None]
    save_arrays(path, {_name(type(part), name): getattr(part, name) for part in known for name in _names(part)}, "")


def load_survey(path: Path, kind: type[_Arrays]) -> _Arrays:
    """Read one part of a survey.

    Raises:
        OutputError: it is not there, or damaged.
    """
    return kind(*need_arrays(path, *(_name(kind, name) for name in _names(kind))))


def _names(kind: Any) -> list[str]:  # noqa: ANN401 - a dataclass or one of its kind
    return [field.name for field in fields(kind)]


def _name(kind: type, name: str) -> str:
    return f"{kind.__name__.lower()}_{name}"
