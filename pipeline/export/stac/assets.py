"""The files of a run as a STAC item's assets."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import OutputError
from pipeline.export.product import Finished, Product
from pipeline.export.stac.classes import class_objects
from pipeline.export.stac.kinds import key_of, kind_of
from pipeline.files import sha256_of
from pipeline.raster.numbers import open_numbers

if TYPE_CHECKING:
    from pystac import Asset

EXTENSION = "https://stac-extensions.github.io/file/v2.1.0/schema.json"

# The function's code and the digest's length in bytes, in hex: a multihash says so before the digest.
_SHA256 = "1220"
# Made after the item, which therefore cannot tell their sizes; the page only where its product is chosen.
_LATER = (("classes", "manifest.json"), ("report", "report.html"))
_TITLES = {
    "classes.tif": "Class of every pixel, {level} classes",
    "finest.tif": "Class of every pixel, all {finest} classes that were found",
    "preview.png": "The scene beside its classes",
    "prior.pt": "The network that labelled the scene, for use on others",
    "manifest.json": "Everything needed to repeat the run",
    "report.html": "What was found and how, on one page",
}


def assets_of(finished: Finished, others: Iterable[Product]) -> dict[str, "Asset"]:
    """Describe what every run leaves and what the run's other outputs have left, by key.

    Args:
        finished: the run.
        others: outputs that are made before the item.

    Raises:
        OutputError: one cannot be read.
    """
    chosen = set(finished.record["config"]["output"]["products"]) | {"classes"}
    paths = list(_made(finished, (product for product in others if product.name in chosen)))
    found = {key_of(path.name): _asset(finished, path) for path in paths}
    return found | {key_of(name): _plain(finished, name) for product, name in _LATER if product in chosen}


def _made(finished: Finished, others: Iterable[Product]) -> Iterator[Path]:
    # Where a run is relabelled, its folder holds the old ones of all that is made anew beside them.
    kept = finished.finest_map.parent
    yield from (finished.folder / "classes.tif", finished.finest_map)
    yield from (file for file in (finished.folder / "preview.png", kept / "prior.pt") if file.exists())
    for product in others:
        yield from (file for file in (finished.folder / name for name in product.files) if file.exists())


def _asset(finished: Finished, path: Path) -> "Asset":
    asset = _plain(finished, path.name)
    try:
        asset.extra_fields |= {"file:size": path.stat().st_size, "file:checksum": _SHA256 + sha256_of(path)}
    except OSError as error:
        raise OutputError(f"{path}: cannot be read to be described ({error.strerror}); make it readable") from None
    if path.suffix == ".tif":
        asset.extra_fields["bands"] = [_band(path)]
    entries = {"classes.tif": finished.record["classes"], "finest.tif": finished.record["levels"]["finest"]}
    if path.name in entries:
        asset.extra_fields["classification:classes"] = class_objects(entries[path.name], finished.nodata)
    return asset


def _plain(finished: Finished, name: str) -> "Asset":
    from pystac import Asset

    kind, title = kind_of(name), _TITLES.get(name)
    if title is not None:
        title = title.format(level=len(finished.level.classes), finest=len(finished.finest.classes))
    return Asset(href=f"./{name}", title=title, media_type=kind.media_type, roles=list(kind.roles))


def _band(path: Path) -> dict[str, Any]:
    source = open_numbers(path)
    band: dict[str, Any] = {"name": path.stem, "data_type": source.spec.dtype}
    return band if source.spec.nodata is None else {**band, "nodata": int(source.spec.nodata)}
