"""How maps of classes look, whatever the number of classes: what all of a scene's have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import OutputConfig
from pipeline.raster.scratch import LabelType
from pipeline.raster.spec import RasterSpec
from pipeline.raster.writer import LabelWriter
from pipeline.stitch.classes import Classes

_UINT8_CLASSES = 255


@dataclass(frozen=True)
class MapStyle:
    """What all class maps of a scene have in common."""

    spec: RasterSpec
    """Size and georeference."""

    config: OutputConfig
    """Compression."""

    tags: Mapping[str, str]
    """Dataset tags; the number of classes is added."""

    threads: int
    """That compress; the bytes do not depend on it."""

    def objects(self, path: Path) -> LabelWriter:
        """Return a writer for the numbers of objects; nothing happens before its block begins."""
        return LabelWriter(
            path,
            self.spec,
            dtype="uint32",
            tags=self.tags,
            compression=self.config.compression,
            overviews="nearest",
            threads=self.threads,
        )

    def writer(self, path: Path, classes: Classes, scratch: Path | None = None) -> LabelWriter:
        """Return a writer for a map of some classes; nothing happens before its block begins."""
        width: LabelType = "uint8" if len(classes) <= _UINT8_CLASSES else "uint16"
        colours = {0: (0, 0, 0, 0)}
        colours |= {number: (*rgb, 255) for number, rgb in enumerate(classes.colours, start=1)}
        return LabelWriter(
            path,
            self.spec,
            dtype=width,
            colours=colours,
            tags={**self.tags, "AERIALSEG_CLASSES": str(len(classes))},
            scratch=scratch,
            description="class",
            compression=self.config.compression,
            overviews="mode",
            threads=self.threads,
        )
