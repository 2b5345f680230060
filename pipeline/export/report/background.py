"""Settings and provenance, as tables."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel

from pipeline.config import Config

Row = tuple[str, str, str | None]
"""Name, value, and the default where it is another."""

# Where a run was done says nothing of its result.
_LEFT_OUT = ("cluster",)
_NAME = re.compile(r'"([^"]+)"')


def find_settings(record: Mapping[str, Any]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the settings of a run, section by section."""
    config, general, sections = Config.model_validate(record["config"]), [], []
    for name in type(config).model_fields:
        value = getattr(config, name)
        if not isinstance(value, BaseModel):
            general.append(_row(config, name))
        elif name not in _LEFT_OUT:
            sections.append((name, tuple(_row(value, key) for key in type(value).model_fields)))
    return (("general", tuple(general)), *sections)


def find_provenance(record: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what made a map, and of what."""
    scene, versions, device = record["scene"], record["versions"], record["device"]
    raster, window = scene["raster"], scene["window"]
    rows, columns = raster["shape"]
    found = _NAME.search(raster["crs"] or "")
    whole = not window["left"] and not window["top"]
    from_where = "" if whole else f", from column {window['left']:,}, row {window['top']:,}"
    entries = [
        ("Scene", file_name(scene["path"])),
        ("Size", f"{columns:,} x {rows:,} pixels{from_where}"),
        ("Bands", f"{', '.join(map(str, scene['bands']))} of {raster['count']}, {raster['dtype']}"),
        ("Reference system", found[1] if found else "none"),
        ("Read with", ", ".join(file_name(piece["path"]) for piece in scene["neighbours"])),
        ("Classes learnt from", ", ".join(file_name(path) for path in (record["prior"] or {}).get("scenes", ()))),
        ("Seed", str(record["config"]["seed"])),
        ("Program", f"aerialseg {versions['aerialseg']}, code {versions['code']}"),
        ("Libraries", ", ".join(f"{name} {version}" for name, version in _libraries(versions))),
        ("Device", f"{device['kind']}, {device['instructions']}"),
        ("Fingerprint of the run", record["fingerprint"]),
        ("Fingerprint of settings and versions", record["config_fingerprint"]),
    ]
    return tuple((name, text) for name, text in entries if text)


def file_name(path: str) -> str:
    """Return the last part of a path or URL; what else is in them is nobody's business."""
    return (urlsplit(path).path if "://" in path else path).rstrip("/").rsplit("/", 1)[-1]


def _libraries(versions: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, version) for name, version in versions.items() if name not in ("aerialseg", "code")]


def _row(section: BaseModel, name: str) -> Row:
    info, value = type(section).model_fields[name], getattr(section, name)
    default = info.get_default(call_default_factory=True)
    return name, _text(value), None if value == default else _text(default)


def _text(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, int | float):
        return json.dumps(value)
    return file_name(str(value))
