"""The objects of a map, put together of what is known of its boxes; only tables of them are held."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.components import Components, Rim
from pipeline.export.sieving import Sieving
from pipeline.export.surveying import SurveyJob
from pipeline.stitch.objects import Near, Tally
from pipeline.store.objects import ObjectTable, save_names
from pipeline.store.survey import load_survey


@dataclass(frozen=True)
class ObjectMap:
    """What is known of the objects of a map."""

    table: Path
    """A .npy file with a row of `object_type` for each of the objects 1 to n."""

    names: Path
    """A .npy file with the object of each component: of none, of those of the first box, of the next one."""

    surveys: tuple[SurveyJob, ...]
    """Of the boxes."""

    firsts: tuple[int, ...]
    """How many components come before those of each box."""

    count: int
    """n."""

    pixels: tuple[int, ...]
    """Of each class, once small objects have joined others."""

    raster: Path | None = None
    """The number of its object in every pixel, where small objects have joined others; None: objects are the
    components of the map itself."""


def map_objects(
    surveys: Sequence[SurveyJob],
    need: Callable[[SurveyJob], None],
    sieving: Sieving | None,
    folder: Path,
    on_pixels: Callable[[int], None],
    *,
    classes: int,
) -> ObjectMap:
    """Find a map's objects, and describe them in a table.

    An object is a region of one class, connected by four neighbours, over the whole scene. Objects are numbered by
    their first pixel in raster order.

    Args:
        surveys: of the map's boxes, in raster order.
        need: sees to it that one is there.
        sieving: what becomes of small objects; None: they stay.
        folder: where the table and the names are made.
        on_pixels: called with the number of pixels just done.
        classes: of the map.

    Raises:
        InputError: the map or the image cannot be read.
        OutputError: something cannot be written.
    """
    components, firsts = Components(surveys[0].plan.spec.shape[1]), []
    for job in surveys:
        need(job)
        rim = load_survey(job.into, Rim)
        firsts.append(components.put(job.box, rim))
        if sieving is not None:
            sieving.add(job.box, rim, load_survey(job.into, Tally), load_survey(job.into, Near), firsts[-1])
        on_pixels(job.box.pixels)
    found = components.finish()
    if sieving is not None:
        found = sieving.finish(found)
    image = surveys[0].plan.image
    table = folder / "objects.npy"
    rows = ObjectTable(table, found.numbers, 0 if image is None else image.channels)
    for job, first in zip(surveys, firsts, strict=True):
        tally = load_survey(job.into, Tally)
        rows.add(found.of(first, len(tally.pixels) - 1), tally)
    rows.close()
    save_names(folder / "names.npy", found.names)
    pixels = rows.pixels_of_classes(classes + 1)
    return ObjectMap(
        table=table,
        names=folder / "names.npy",
        surveys=tuple(surveys),
        firsts=tuple(firsts),
        count=len(found),
        pixels=tuple(pixels[1:].tolist()),
    )
