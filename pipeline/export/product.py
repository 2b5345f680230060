"""What outputs are made from, and what an output is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.export.style import MapStyle
from pipeline.raster.source import Source
from pipeline.stitch.levels import Finest, Level


@dataclass(frozen=True)
class Finished:
    """A segmented scene whose classes.tif is there."""

    name: str
    """Of the scene."""

    folder: Path
    """Where outputs are made; classes.tif and preview.png of the level are there."""

    finest_map: Path
    """finest.tif."""

    style: MapStyle
    """Size and place, compression, tags."""

    finest: Finest
    level: Level
    """The classes of classes.tif."""

    nodata: int
    """Pixels outside."""

    image: Callable[[], Source]
    """Opens the image; raises InputError where it is gone, as it may be when a finished run is relabelled."""

    record: Mapping[str, Any]
    """What manifest.json will hold: settings, versions, the training's course, tiles, seconds, seams."""

    @property
    def pixels(self) -> tuple[int, ...]:
        """Pixels of each class of the level, class 1 first."""
        return self.level.pixels(self.finest.pixels)


@dataclass(frozen=True)
class Product:
    """An output that a run may choose."""

    name: str
    """As `--outputs` names it."""

    files: tuple[str, ...]
    """Names of all files that it may make."""

    make: Callable[[Finished], None]
    """Makes those that are due, each whole or not at all; raises OutputError where it cannot."""
