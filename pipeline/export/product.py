"""What outputs are made from, and what an output is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.export.objectmap import ObjectMap
from pipeline.export.polygons import PolygonsJob, write_polygons
from pipeline.export.style import MapStyle
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.stitch.levels import Finest, Level, coarser, take_level
from pipeline.stitch.tree import FEWEST


def _unwatched(_phase: str, _pixels: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _pixels: None)


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

    scaling: Scaling
    """Of the image."""

    image: Callable[[], Source]
    """Opens the image; raises InputError where it is gone, as it may be when a finished run is relabelled."""

    objects: ObjectMap | None = None
    """None where no chosen output is of objects, and small ones stay."""

    write_polygons: Callable[[PolygonsJob], None] = write_polygons
    """Sees to it that polygons are written; others may do so meanwhile."""

    watched: Callable[[str, int], AbstractContextManager[Callable[[int], None]]] = _unwatched
    """Shows how far an output of so many pixels is; gives what is told of pixels just done."""

    record: Mapping[str, Any] = field(default_factory=dict)
    """What manifest.json will hold: settings, versions, the training's course, tiles, seams."""

    timings: Mapping[str, Any] = field(default_factory=dict)
    """What run.json holds: seconds, workers, memory; empty where they are not known."""

    @property
    def pixels(self) -> tuple[int, ...]:
        """Pixels of each class of classes.tif, class 1 first."""
        return self.level.pixels(self.finest.pixels) if self.objects is None else self.objects.pixels

    def coarser(self, level: Level) -> dict[int, tuple[int, ...]]:
        """Return, for every number of classes that outputs tell of and a level has more than, its classes' classes."""
        found = {}
        for count in sorted(set(self.style.config.levels)):
            if FEWEST <= count < len(level.classes):
                found[count] = coarser(level, take_level(self.finest.classes, self.finest.tree, count))
        return found


Begun = Mapping[str, Future[Callable[[], None]]]
"""By the names of outputs that were begun, what makes them from there."""


@dataclass(frozen=True)
class Product:
    """An output that a run may choose."""

    name: str
    """As `--outputs` names it."""

    files: tuple[str, ...]
    """Names of all files that it may make."""

    make: Callable[[Finished], None]
    """Makes those that are due, each whole or not at all; raises OutputError where it cannot."""

    begin: Callable[[Finished], Callable[[], None]] | None = None
    """Does what needs no other output, and returns what makes them from there; None: all that it does does."""

    of_objects: bool = False
    """Whether it is made from objects."""

    of_bands: bool = False
    """Whether it tells of the image's bands, object by object."""


@contextmanager
def begun_products(products: Sequence[Product], finished: Finished) -> Iterator[Begun]:
    """Do what needs no other output while the block runs, beside what is done there.

    Reading and packing pictures takes little of Python's lock, which others want.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="output") as threads:
        yield {one.name: threads.submit(one.begin, finished) for one in products if one.begin is not None}


def make_products(
    products: Sequence[Product], finished: Finished, begun: Begun, on_made: Callable[[str], None]
) -> None:
    """Make outputs in their order.

    Args:
        products: which ones.
        finished: what they are made from.
        begun: what `begun_products` gave for them.
        on_made: called with the name of each that is there.

    Raises:
        InputError: the image or the map cannot be read.
        OutputError: one cannot be written.
    """
    for product in products:
        if product.name in begun:
            begun[product.name].result()()
        else:
            product.make(finished)
        on_made(product.name)
