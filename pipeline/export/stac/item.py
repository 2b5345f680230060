"""item.json: a segmented scene as a STAC item."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from pipeline.export.product import Finished, Product
from pipeline.export.stac.assets import EXTENSION as FILE
from pipeline.export.stac.assets import assets_of
from pipeline.export.stac.classes import EXTENSION as CLASSIFICATION
from pipeline.export.stac.footprint import footprint
from pipeline.export.stac.properties import PROCESSING, PROJECTION, processing_of, projection_of
from pipeline.export.stac.times import times_of
from pipeline.files import write_json
from pipeline.raster.outline import outline

STAC = "stac"
"""Name of the product."""

ITEM = "item.json"


def stac_of(others: Iterable[Product]) -> Product:
    """Return the product, which is made after the others, since it tells their sizes and checksums."""
    return Product(STAC, (ITEM,), partial(_write, tuple(others)))


def _write(others: tuple[Product, ...], finished: Finished) -> None:
    write_json(finished.folder / ITEM, describe(finished, others))


def describe(finished: Finished, others: Iterable[Product]) -> dict[str, Any]:
    """Return the item, the same for the same run.

    Args:
        finished: the run.
        others: outputs that were made before it.

    Raises:
        InputError: the image is needed and gone.
        OutputError: a file of the run cannot be read.
    """
    from pystac import Item

    spec, times = finished.style.spec, times_of(finished)
    edge = outline(spec)
    place = None if edge is None else footprint(edge, 2 * sum(spec.shape))
    moment = times.pop("datetime")
    item = Item(
        finished.name,
        geometry=None if place is None else place.geometry,
        bbox=None if place is None else place.bbox,
        datetime=None if moment is None else datetime.fromisoformat(moment),
        properties={**times, **projection_of(spec), **processing_of(finished)},
        stac_extensions=[PROJECTION, CLASSIFICATION, FILE, PROCESSING],
        assets=assets_of(finished, others),
    )
    return item.to_dict(include_self_link=False)
