"""classes.tif: the class of every pixel, as a cloud-optimised GeoTIFF with each class's mean colour."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.config import OutputConfig
from pipeline.errors import OutputError
from pipeline.join import Joined
from pipeline.raster.scratch import LabelType
from pipeline.raster.source import Source, read
from pipeline.raster.writer import LabelWriter
from pipeline.store.record import load_segments

_UINT8_CLASSES = 255


@dataclass(frozen=True)
class ClassCounts:
    """Pixels of the map."""

    pixels: tuple[int, ...]
    """Of each class, class 1 first."""

    nodata: int
    """Outside."""


def write_classes(
    path: Path,
    joined: Joined,
    source: Source,
    config: OutputConfig,
    *,
    tags: Mapping[str, str],
    threads: int,
    on_pixels: Callable[[int], None],
) -> ClassCounts:
    """Stream the map, tile by tile, to a raster of the scene's size and georeference.

    Args:
        path: where it appears, whole or not at all.
        joined: the class of every segment of any tile.
        source: the scene, whose size and place the raster has.
        config: compression.
        tags: dataset tags.
        threads: that compress.
        on_pixels: called with the number of pixels just written.

    Raises:
        InputError: the scene cannot be read.
        OutputError: it cannot be written, or a valid pixel has no class.
    """
    width: LabelType = "uint8" if len(joined.classes) <= _UINT8_CLASSES else "uint16"
    colours = {0: (0, 0, 0, 0)}
    colours |= {number: (*rgb, 255) for number, rgb in enumerate(joined.classes.colours, start=1)}
    pixels = np.zeros(len(joined.classes) + 1, dtype=np.int64)
    with LabelWriter(
        path,
        source.spec,
        dtype=width,
        colours=colours,
        tags=tags,
        scratch=joined.work.labels,
        compression=config.compression,
        overviews="mode",
        threads=threads,
    ) as writer:
        for index, tile in enumerate(joined.grid):
            segments = load_segments(joined.work.record(tile))
            table = joined.classes_of_segments(index, int(segments.max(initial=0)) + 1).astype(width)
            part = segments[tile.write.slices(tile.read)]
            classes = table[part]
            if np.any((classes == 0) != (part == 0)):
                raise OutputError(
                    f"{path}: tile {tile.name} has valid pixels without a class; this is a bug, report it"
                )
            if source.covered:
                # Another file lies over the scene, or shows where the scene itself has nothing.
                classes[~read(source.alone, tile.write)[1]] = 0
            pixels += np.bincount(classes.ravel(), minlength=len(pixels))
            writer.write(tile.write, classes)
            on_pixels(tile.write.pixels)
    return ClassCounts(tuple(pixels[1:].tolist()), int(pixels[0]))
