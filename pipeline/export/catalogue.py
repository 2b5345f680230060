"""Every output that a run may choose beside its rasters of classes, in the order in which they are made."""

from collections.abc import Iterable

from pipeline.errors import ConfigError
from pipeline.export.animation import ANIMATION
from pipeline.export.objects import OBJECTS
from pipeline.export.product import Product
from pipeline.export.report.product import report_of
from pipeline.export.stac.item import stac_of
from pipeline.export.styling import STYLE
from pipeline.export.vector import VECTOR

_FILES: tuple[Product, ...] = (OBJECTS, VECTOR, STYLE, ANIMATION)
# It tells of the files of all others.
_TOLD: tuple[Product, ...] = (*_FILES, stac_of(_FILES))

# The report comes last: it links to the others.
PRODUCTS: tuple[Product, ...] = (*_TOLD, report_of(_TOLD))

ALWAYS = "classes"
"""The name of what every run writes: classes.tif, finest.tif, preview.png."""


def find_products(names: Iterable[str]) -> tuple[Product, ...]:
    """Return the outputs of these names, in the catalogue's order.

    Raises:
        ConfigError: there is no such output.
    """
    wanted, known = set(names), [ALWAYS, *(product.name for product in PRODUCTS)]
    unknown = sorted(wanted - set(known))
    if unknown:
        raise ConfigError(f"output.products = {', '.join(unknown)}: choose from {', '.join(known)}")
    return tuple(product for product in PRODUCTS if product.name in wanted)
