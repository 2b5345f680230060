"""collection.json: the scenes of a folder of results as a STAC collection, made from their items."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.export.stac.extent import cover, spans
from pipeline.export.stac.item import ITEM
from pipeline.export.stac.kinds import GEOJSON, JSON
from pipeline.export.stac.properties import PROJECTION
from pipeline.files import write_json

if TYPE_CHECKING:
    from pystac import Collection

COLLECTION = "collection.json"

_Item = dict[str, Any]
_SUMMARIES = ("proj:code", "aerialseg:seed", "aerialseg:config_fingerprint", "aerialseg:classes")


def renew_collection(folder: Path, *, found: bool = False) -> tuple[Path, ...]:
    """Renew the collection of all scenes in a folder that have an item, and link these to it.

    Args:
        folder: where `segment` makes a folder for each scene.
        found: whether to make one where there is none.

    Returns:
        The collection; nothing where there is none.

    Raises:
        InputError: an item cannot be read.
        OutputError: something cannot be written.
    """
    path = folder / COLLECTION
    if not (found or path.exists()):
        return ()
    # A scene's manifest is written last: without one the scene is not finished.
    places = [place for place in sorted(folder.glob(f"*/{ITEM}")) if place.with_name("manifest.json").exists()]
    items = {place: _read(place) for place in places}
    if not items:
        return ()
    name = folder.resolve().name or "scenes"
    collection = _collect(name, {place.parent.name: item for place, item in items.items()})
    # First what is linked to, then the links.
    write_json(path, collection.to_dict(include_self_link=False))
    for place, item in items.items():
        linked = _linked(item, name)
        if linked != item:
            write_json(place, linked)
    return (path,)


def _read(path: Path) -> _Item:
    try:
        item = json.loads(path.read_text(encoding="utf-8"))
        if item["type"] == "Feature" and {"id", "properties", "assets", "links", "geometry"} <= item.keys():
            return dict(item)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); make it readable") from None
    except (ValueError, LookupError, TypeError):
        pass
    raise InputError(f"{path}: is not a STAC item of this program's; remove it, or segment the scene again")


def _linked(item: _Item, name: str) -> _Item:
    """Return an item with links to its collection, as STAC wants them of an item that has one."""
    links = [{"rel": rel, "href": f"../{COLLECTION}", "type": JSON} for rel in ("root", "parent", "collection")]
    return {**item, "links": links, "collection": name}


def _collect(name: str, items: dict[str, _Item]) -> "Collection":
    """Describe the items of some folders."""
    from pystac import Collection, Extent, Link, SpatialExtent, Summaries, TemporalExtent

    known = [item["properties"] for item in items.values()]
    found = {key: _distinct([one.get(key) for one in known]) for key in _SUMMARIES}
    collection = Collection(
        name,
        description="Scenes segmented without labels by aerialseg; each has a map of its classes.",
        extent=Extent(
            SpatialExtent([cover([item["bbox"] for item in items.values() if "bbox" in item])]),
            TemporalExtent([[*spans(known)]]),
        ),
        # Whose the scenes are, nobody has told this program.
        license="other",
        stac_extensions=[PROJECTION],
        summaries=Summaries({key: values for key, values in found.items() if values}),
        extra_fields={"item_assets": _definitions(items.values())},
    )
    collection.clear_links()
    collection.add_link(Link("root", f"./{COLLECTION}", JSON))
    for place, item in items.items():
        collection.add_link(Link("item", f"./{place}/{ITEM}", GEOJSON, title=item["id"]))
    return collection


def _definitions(items: Iterable[_Item]) -> dict[str, dict[str, Any]]:
    """Return what the assets of one key have in common."""
    assets = {key: asset for item in items for key, asset in item["assets"].items()}
    return {key: {field: asset[field] for field in ("type", "roles")} for key, asset in sorted(assets.items())}


def _distinct(values: list[Any]) -> list[Any]:
    return sorted({value for value in values if value is not None})
