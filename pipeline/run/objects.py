"""Objects of a finished map, where any output wants them or small ones are to join others."""

import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.config import ObjectsConfig, OutputConfig
from pipeline.errors import ConfigError
from pipeline.export.numbering import write_numbers
from pipeline.export.objectmap import ObjectMap, map_objects
from pipeline.export.objects import OBJECTS
from pipeline.export.polygons import place_of
from pipeline.export.product import Finished, Product
from pipeline.export.sieving import Sieving
from pipeline.export.surveying import SurveyJob, SurveyPlan, survey, survey_jobs
from pipeline.export.vector import VECTOR
from pipeline.export.walk import SIDE
from pipeline.files import unwritable
from pipeline.raster.geoparquet import check_parquet
from pipeline.raster.ground import ground_of
from pipeline.raster.scratch import scratch_bytes
from pipeline.raster.spec import RasterSpec

_MEGA = 1e6
# Measured with 8 classes: 2,200 to 2,700 objects a megapixel; of the finest classes there are more.
_OBJECTS_PER_PIXEL = 0.01
# Names, numbers, first pixels and links of the components; with borders and sums where small ones join others.
_COMPONENT_BYTES, _SIEVED_BYTES = 60, 160
# A row of the table, and a polygon with its attributes, index and the file's own room.
_OBJECT_BYTES, _POLYGON_BYTES = 100, 900
# Labels, components, objects and their sides in a box; and what a worker surveys it with: its image, pairs, outlines.
_BOX_BYTES, _SURVEY_BYTES = SIDE**2 * 48, SIDE**2 * 80


@dataclass(frozen=True)
class ObjectCosts:
    """What objects are expected to take."""

    memory: int
    """Bytes of the main process."""

    worker: int
    """Bytes of a worker that surveys a box or writes polygons."""

    disk: int
    """Bytes among the outputs, those for a while included."""


def are_wanted(products: Sequence[Product], config: ObjectsConfig) -> bool:
    """Tell whether objects are found: where an output is of them, or small ones are to join others."""
    return config.min_area > 0 or any(product.of_objects for product in products)


def plan_objects(
    shape: tuple[int, int], products: Sequence[Product], config: ObjectsConfig, *, simplified: bool
) -> ObjectCosts:
    """Project what the objects of a scene of so many rows and columns take; nothing, where none are found."""
    polygons = any(product.of_bands for product in products)
    if not are_wanted(products, config):
        return ObjectCosts(0, 0, 0)
    count = math.prod(shape) * _OBJECTS_PER_PIXEL
    memory = _BOX_BYTES + int(count * (_SIEVED_BYTES if config.min_area else _COMPONENT_BYTES))
    disk = scratch_bytes(shape, 4) + int(count * (_OBJECT_BYTES + (_POLYGON_BYTES if polygons else 0)))
    # Polygons that are simplified are so all together.
    return ObjectCosts(memory, max(_SURVEY_BYTES, int(count * _POLYGON_BYTES) if polygons and simplified else 0), disk)


def check_objects(path: str, spec: RasterSpec, config: ObjectsConfig, output: OutputConfig) -> None:
    """Refuse an area on the ground where the scene does not say how large pixels are, or a format that is not there.

    Raises:
        ConfigError: it does not, or is not.
    """
    if output.vector == "parquet" and "vector" in output.products:
        check_parquet()
    if config.min_area > 0 and config.unit == "m2" and ground_of(spec) is None:
        raise ConfigError(
            f"{path}: does not say how large its pixels are on the ground, so objects.min_area cannot be in square"
            ' metres; set objects.unit to "px"'
        )


@contextmanager
def scratch_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside the outputs, for what is needed until they are made; it goes with all that is in it."""
    folder = out / ".objects"
    # What a killed run has left.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def surveys_of(
    finished: Finished, products: Sequence[Product], config: ObjectsConfig, scratch: Path
) -> list[SurveyJob]:
    """Return what is to be known of a map's boxes, so that objects can be found; nothing, where none are.

    Raises:
        InputError: the image is gone.
    """
    if not are_wanted(products, config):
        return []
    sieved, spec, simple = config.min_area > 0, finished.style.spec, finished.style.config.simplify > 0
    plan = SurveyPlan(
        finest=finished.finest_map,
        lookup=tuple(finished.level.lookup.tolist()),
        spec=spec,
        image=finished.image() if sieved or any(product.of_bands for product in products) else None,
        scaling=finished.scaling if sieved else None,
        # Where small objects are to join others first, outlines are those of what comes of it.
        drawn=VECTOR in products and not sieved,
        place=None if simple else place_of(spec),
    )
    return survey_jobs(plan, scratch)


def find_objects(
    finished: Finished,
    products: Sequence[Product],
    config: ObjectsConfig,
    surveys: Sequence[SurveyJob],
    need: Callable[[SurveyJob], None] = survey,
) -> ObjectMap | None:
    """Find a map's objects, and let small ones join others in classes.tif.

    Args:
        finished: the map.
        products: the outputs that objects are found for.
        config: which ones are small.
        surveys: of `surveys_of`; where there are none, nothing is done.
        need: sees to it that one of them is there.

    Raises:
        InputError: the map or the image cannot be read.
        OutputError: something cannot be written.
    """
    if not surveys:
        return None
    spec, sieving = finished.style.spec, None
    if config.min_area > 0:
        on_ground = config.unit == "m2" and ground_of(spec) is not None
        sieving = Sieving(config.min_area, config.min_contrast, on_ground, spec.shape[1])
    folder, classes = surveys[0].into.parent, finished.level.classes
    with finished.watched("objects", spec.scene.pixels) as advance:
        found = map_objects(surveys, need, sieving, folder, advance, classes=len(classes))
    if sieving is None:
        return found
    raster = (finished.folder if OBJECTS in products else folder) / "objects.tif"
    with finished.watched("joined", spec.scene.pixels) as advance:
        write_numbers(found, finished.style, raster, advance, (finished.folder / "classes.tif", classes))
    return replace(found, raster=raster)
