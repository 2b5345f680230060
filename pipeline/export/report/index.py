"""index.html: the scenes of a data set on one page, each with a link to its report."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image
from pydantic import TypeAdapter

from pipeline.errors import OutputError
from pipeline.export.report.page import fill_page
from pipeline.export.report.product import NAME
from pipeline.export.report.units import Ground, counted, duration
from pipeline.files import write_text
from pipeline.raster.ground import mean_pixel
from pipeline.raster.spec import RasterSpec

INDEX = "index.html"
"""Name of the page, in the folder that scenes' folders lie in."""

_MARK = '<meta name="generator" content="aerialseg">'
# Both pictures of a preview together.
_THUMBNAIL = (400, 240)
_QUALITY = 75


@dataclass(frozen=True)
class Entry:
    """A scene that is done."""

    name: str
    link: str
    thumbnail: str | None
    """URL that holds its data."""

    size: str
    classes: str
    area: str
    took: str
    order: dict[str, float]
    """What scenes can be sorted by beside their names."""


def renew_index(out: Path) -> tuple[Path, ...]:
    """Renew the index of a folder's scenes, of which one has changed; nothing where there is none.

    Raises:
        OutputError: it cannot be written.
    """
    return (write_index(out, {}),) if _is_ours(out / INDEX) else ()


def write_index(out: Path, failures: Mapping[str, str]) -> Path:
    """Write the index of all scenes that have a report below a folder, and of those that failed just now.

    Args:
        out: the folder that scenes' folders lie in.
        failures: of the last run, by name, and why.

    Raises:
        OutputError: it cannot be written, or another page is in its place.
    """
    if (out / INDEX).is_file() and not _is_ours(out / INDEX):
        raise OutputError(f"{out / INDEX}: is a page of another program; move it, or choose another --out")
    folders = sorted(path.parent for path in out.glob(f"*/{NAME}"))
    entries = [entry for folder in folders if folder.name not in failures and (entry := _read(folder)) is not None]
    done = counted(len(entries), "scene")
    summary = f"{done} done" + (f", {len(failures)} failed in the last run" if failures else "")
    text = fill_page(
        "index.html",
        styles=("base.css", "index.css"),
        scripts=("index.js",),
        summary=summary,
        entries=entries,
        failures=sorted(failures.items()),
    )
    write_text(out / INDEX, text)
    return out / INDEX


def _is_ours(page: Path) -> bool:
    """Tell whether a page is one of this program's."""
    try:
        return _MARK in page.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _read(folder: Path) -> Entry | None:
    """Read what a scene's manifest tells; None where it is no whole run."""
    try:
        content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        spec = TypeAdapter(RasterSpec).validate_python(content["scene"]["raster"])
        pixels = [int(entry["pixels"]) for entry in content["classes"]]
        seconds = _seconds(folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    ground, used = Ground(mean_pixel(spec), sum(pixels)), sum(count > 0 for count in pixels)
    height, width = ground.pixel or (1.0, 1.0)
    return Entry(
        name=folder.name,
        link=f"{quote(folder.name)}/{NAME}",
        thumbnail=_thumbnail(folder / "preview.png"),
        size=f"{spec.shape[1]:,} x {spec.shape[0]:,} px",
        classes=counted(used, "class", "classes"),
        area=f"{ground.area(ground.pixels)} {ground.unit}",
        took="" if seconds is None else duration(seconds),
        order={
            "size": float(spec.shape[0] * spec.shape[1]),
            "classes": float(used),
            "area": round(ground.pixels * height * width, 3),
            "took": round(seconds or 0.0, 3),
        },
    )


def _seconds(folder: Path) -> float | None:
    try:
        return float(sum(json.loads((folder / "run.json").read_text(encoding="utf-8"))["seconds"].values()))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _thumbnail(preview: Path) -> str | None:
    try:
        with Image.open(preview) as picture:
            small = picture.convert("RGB")
    except (OSError, SyntaxError):
        return None
    small.thumbnail(_THUMBNAIL)
    file = BytesIO()
    small.save(file, format="JPEG", quality=_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
