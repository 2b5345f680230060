"""A finished run, as the manifest in its folder tells it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.box import Box
from pipeline.config import Config
from pipeline.errors import InputError
from pipeline.export.style import MapStyle
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.raster.spec import RasterSpec
from pipeline.run.levels import read_levels
from pipeline.run.machine import cores
from pipeline.run.provenance import provenance
from pipeline.stitch.levels import Finest

_AXES = ("rows", "columns")


@dataclass(frozen=True)
class FinishedRun:
    """What the manifest of a run tells."""

    folder: Path
    content: dict[str, Any]
    config: Config
    style: MapStyle
    finest: Finest
    nodata: int
    """Pixels outside."""

    scaling: Scaling
    """Of the image."""

    edges: tuple[tuple[int, ...], tuple[int, ...]]
    """Rows and columns at which tiles begin, and where the map ends."""

    window: Box
    """The part of the scene, in pixels of its file."""

    @property
    def timings(self) -> dict[str, Any]:
        """What run.json tells; nothing where it is gone."""
        try:
            content = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def name(self) -> str:
        """Name of the scene."""
        return self.folder.resolve().name

    def image(self) -> Source:
        """Open the image that was segmented.

        Raises:
            InputError: it is gone, or another one is in its place.
        """
        path = str(self.content["scene"]["path"])
        try:
            source = open_source(path, self.config.input, self.window)
        except InputError as error:
            raise InputError(f"{error}; outputs that tell of the image's bands need it where it was") from None
        if source.spec != self.style.spec:
            raise InputError(f"{path}: is another image than the one that was segmented; segment it again")
        return source


def read_run(folder: Path) -> FinishedRun:
    """Read the manifest of a finished run.

    Raises:
        InputError: there is none, or it is not whole.
    """
    path = folder / "manifest.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        config = Config.model_validate(content["config"])
        scene = content["scene"]
        spec, window = (
            TypeAdapter(RasterSpec).validate_python(scene["raster"]),
            TypeAdapter(Box).validate_python(scene["window"]),
        )
        scaling = TypeAdapter(Scaling).validate_python(scene["scaling"])
        version, fingerprint = content["versions"]["aerialseg"], content["config_fingerprint"]
        tags = provenance(str(version), str(fingerprint), config, str(scene["path"]))
        rows, columns = (TypeAdapter(tuple[int, ...]).validate_python(content["grid"][key]) for key in _AXES)
        finest, nodata = read_levels(content["levels"]), int(content["nodata_pixels"])
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{folder}: holds no manifest.json; name a scene's folder as `segment` has made it") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); make it readable") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise InputError(
            f"{path}: is not a whole manifest of this version's `segment`; segment the scene again"
        ) from None
    style = MapStyle(spec, config.output, tags, cores())
    return FinishedRun(folder, content, config, style, finest, nodata, scaling, (rows, columns), window)
