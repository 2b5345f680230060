"""Classes of a map, as STAC's classification extension tells of them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

EXTENSION = "https://stac-extensions.github.io/classification/v2.0.0/schema.json"

_NO_NAME = re.compile(r"[^0-9A-Za-z_-]+")
_DIGITS = 4


def class_objects(entries: Sequence[Mapping[str, Any]], nodata: int) -> list[dict[str, Any]]:
    """Describe the values of a map, nodata first; percentages are of all pixels, as the extension wants them.

    Args:
        entries: of the classes, as the manifest has them.
        nodata: pixels outside.
    """
    total = nodata + sum(int(entry["pixels"]) for entry in entries)
    outside = {"value": 0, "name": "nodata", "title": "No data", "description": "Outside of the scene's valid pixels"}
    return [{**outside, "nodata": True, **_amount(nodata, total)}, *(_class_object(entry, total) for entry in entries)]


def _class_object(entry: Mapping[str, Any], total: int) -> dict[str, Any]:
    title = str(entry.get("title", entry["name"]))
    return {
        "value": int(entry["value"]),
        "name": _NO_NAME.sub("-", str(entry["name"])),
        "title": title,
        "description": title,
        "color_hint": bytes(entry["colour"]).hex().upper(),
        **_amount(int(entry["pixels"]), total),
    }


def _amount(pixels: int, total: int) -> dict[str, Any]:
    return {"percentage": round(100 * pixels / max(total, 1), _DIGITS), "count": pixels}
