"""From the path of a request to what is answered."""

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, unquote

from pipeline.errors import InputError
from pipeline.view.pages import ASSETS, find_asset, list_page, scene_page
from pipeline.view.site import Site
from pipeline.view.tiles import draw_tile, find_layer, is_tile, tilejson

HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"
# By a list of our own: the machine's differ.
_TYPES = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".gif": "image/gif",
    ".tif": "image/tiff",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
}
_ASSET_PARTS = (ASSETS, "name")
_LAYER_PARTS = ("tiles", "layer.json")
_PLACE = re.compile(r"([0-9]{1,2})/([0-9]{1,10})/([0-9]{1,10})\.png")


@dataclass(frozen=True)
class Answer:
    """An answer to a request."""

    status: int
    kind: str
    """MIME type."""

    body: bytes | Path
    """Or the file that holds it."""

    output: bool = False
    """Whether it is a file of the run, which may have styles and scripts within."""

    location: str | None = None
    """Where it is to be found instead."""


def answer(site: Site, target: str, host: str) -> Answer:
    """Answer a request.

    Args:
        site: what there is.
        target: path and query, as they were sent.
        host: under which name the server was asked.
    """
    # Cut before it is decoded, so that no encoded slash or dot makes another path of it: every part is looked up in
    # lists of names, and none is ever joined to a path before it was found there.
    first, *parts = [unquote(part) for part in target.partition("?")[0].split("/")]
    if first or not parts:
        return _none()
    try:
        if parts[0] == ASSETS and len(parts) == len(_ASSET_PARTS):
            return _asset(parts[1])
        if site.alone:
            return _of_scene(site, None, parts, f"http://{host}/")
        return _of_several(site, parts, f"http://{host}/")
    except InputError as error:
        # A scene that is being written, or an image that went away.
        return Answer(HTTPStatus.NOT_FOUND, TEXT, f"{error}\n".encode())


def _asset(name: str) -> Answer:
    text = find_asset(name)
    return _none() if text is None else Answer(HTTPStatus.OK, _TYPES[Path(name).suffix], text.encode())


def _of_several(site: Site, parts: list[str], address: str) -> Answer:
    if parts == [""]:
        return Answer(HTTPStatus.OK, HTML, list_page(site).encode())
    if parts[0] not in site.names():
        return _output(site, None, parts)
    if len(parts) == 1:
        return Answer(HTTPStatus.MOVED_PERMANENTLY, TEXT, b"", location=f"/{quote(parts[0])}/")
    return _of_scene(site, parts[0], parts[1:], f"{address}{quote(parts[0])}/")


def _of_scene(site: Site, name: str | None, parts: list[str], address: str) -> Answer:
    if parts == [""]:
        return Answer(HTTPStatus.OK, HTML, scene_page(site, name, site.scene(name)).encode())
    if parts[0] == "tiles" and len(parts) > 1:
        return _tile(site, name, parts, address)
    return _output(site, name, parts)


def _tile(site: Site, name: str | None, parts: list[str], address: str) -> Answer:
    scene, described = site.scene(name), parts[-1].removesuffix(".json")
    if len(parts) == len(_LAYER_PARTS) and parts[-1] != described:
        layer = find_layer(scene, described)
        if layer is None:
            return _none()
        content = tilejson(scene, layer, f"{address}tiles/{layer.name}/")
        return Answer(HTTPStatus.OK, _TYPES[".json"], json.dumps(content, indent=1).encode())
    found, layer = _PLACE.fullmatch("/".join(parts[2:])), find_layer(scene, parts[1])
    if found is None or layer is None:
        return _none()
    zoom, column, row = map(int, found.groups())
    if not is_tile(zoom, column, row):
        return _none()
    return Answer(HTTPStatus.OK, _TYPES[".png"], draw_tile(scene, layer, zoom, column, row))


def _output(site: Site, scene: str | None, parts: list[str]) -> Answer:
    path = site.output(scene, parts[0]) if len(parts) == 1 else None
    if path is None:
        return _none()
    return Answer(HTTPStatus.OK, _TYPES.get(path.suffix, "application/octet-stream"), path, output=True)


def _none() -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, TEXT, b"There is nothing here.\n")
