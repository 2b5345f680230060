"""Map tiles as PNG, and the TileJSON that tells other programs of them."""

from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import InputError
from pipeline.raster.webplace import MOST_ZOOM, TILE, meets, tile_bounds
from pipeline.raster.webtiles import read_class_tile, read_scene_tile
from pipeline.view.scene import Layer, ShownScene

_CLOSER = 4
# Small enough within one machine, and quick.
_COMPRESSION = 1


def find_layer(scene: ShownScene, name: str) -> Layer | None:
    """Return the layer of a name."""
    return next((layer for layer in scene.layers if layer.name == name), None)


def draw_tile(scene: ShownScene, layer: Layer, zoom: int, column: int, row: int) -> bytes:
    """Return a tile as PNG, of 256 x 256 px, transparent where there is no data; row 0 is in the north.

    Raises:
        InputError: the raster cannot be read.
    """
    if scene.place is None or not meets(scene.place, zoom, column, row):
        return _png(np.zeros((TILE, TILE, 4), dtype=np.uint8))
    bounds, folder = tile_bounds(zoom, column, row), scene.run.folder
    if layer.name != "scene":
        return _png(read_class_tile(folder / f"{layer.name}.tif", bounds))
    if scene.image is None:
        raise InputError(f"{scene.run.content['scene']['path']}: is gone; put it back where it was")
    return _png(read_scene_tile(scene.image, scene.run.scaling, folder / "finest.tif", bounds))


def most_zoom(scene: ShownScene) -> int:
    """Return the last zoom worth a look: a pixel of the scene is several of the screen."""
    return MOST_ZOOM if scene.place is None else min(scene.place.most + _CLOSER, MOST_ZOOM)


def is_tile(zoom: int, column: int, row: int) -> bool:
    """Tell whether there is such a tile on earth."""
    return 0 <= zoom <= MOST_ZOOM and 0 <= column < 2**zoom and 0 <= row < 2**zoom


def tilejson(scene: ShownScene, layer: Layer, address: str) -> dict[str, Any]:
    """Describe a layer in TileJSON 3.0.0.

    Args:
        scene: whose layer it is.
        layer: to describe.
        address: of the folder of its tiles, with a slash at its end.
    """
    if scene.place is None:
        raise ValueError("a scene without a place has no tiles")
    west, south, east, north = scene.place.bounds
    middle = (west + east) / 2 if west <= east else (west + east) / 2 + (180 if west + east <= 0 else -180)
    if west > east:
        west, east = -180.0, 180.0
    return {
        "tilejson": "3.0.0",
        "name": f"{scene.run.name}: {layer.title}",
        "scheme": "xyz",
        "tiles": [f"{address}{{z}}/{{x}}/{{y}}.png"],
        "minzoom": 0,
        "maxzoom": most_zoom(scene),
        "bounds": [west, south, east, north],
        "center": [middle, (south + north) / 2, scene.place.least],
    }


def _png(picture: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, format="PNG", compress_level=_COMPRESSION)
    return file.getvalue()
