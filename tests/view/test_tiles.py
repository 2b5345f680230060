import json
from io import BytesIO

import numpy as np
import pytest
import rasterio
from PIL import Image

from pipeline.view.site import Site
from pipeline.view.tiles import draw_tile, find_layer, is_tile, tilejson
from tests.raster.webcases import tile_of

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # within rasterio
PLACE = ("EPSG:32633", (0.3, 0.0, 5e5, 0.0, -0.3, 5.4e6))


def picture(content):
    with Image.open(BytesIO(content)) as image:
        assert image.size == (256, 256)
        return np.asarray(image.convert("RGBA"))


@pytest.mark.parametrize("name", ["classes", "finest"])
def test_tiles_have_the_colours_of_the_legend(out, manifest, invalid, name):
    scene = Site(out / "village").scene(None)
    entries = manifest["classes"] if name == "classes" else manifest["levels"]["finest"]
    colours = {entry["value"]: (*entry["colour"], 255) for entry in entries} | {0: (0, 0, 0, 0)}
    with rasterio.open(out / "village" / f"{name}.tif") as file:
        labels = file.read(1)
    seen = set()
    for row in range(5, 240, 45):
        for column in range(5, 320, 45):
            x, y, down, across = tile_of(*PLACE, row, column, 23)
            tile = picture(draw_tile(scene, find_layer(scene, name), 23, x, y))
            assert tuple(tile[down, across]) == colours[labels[row, column]]
            assert (tile[down, across, 3] == 0) == invalid[row, column]
            seen.add(labels[row, column])
    assert len(seen) > 2


def test_the_scene_is_a_layer_while_its_image_is_there(out, folder):
    scene = Site(out / "village").scene(None)
    assert [layer.name for layer in scene.layers] == ["classes", "finest", "scene"]
    with rasterio.open(scene.run.content["scene"]["path"]) as file:
        image = file.read()
    x, y, down, across = tile_of(*PLACE, 120, 160, 25)
    pixel = picture(draw_tile(scene, find_layer(scene, "scene"), 25, x, y))[down, across]
    assert np.abs(pixel[:3].astype(int) - image[:, 120, 160]).max() <= 25
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    content["scene"]["path"] = str(folder / "gone.tif")
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert [layer.name for layer in Site(folder).scene(None).layers] == ["classes", "finest"]


def test_a_tile_elsewhere_is_transparent(out):
    scene = Site(out / "village").scene(None)
    for layer in scene.layers:
        assert not picture(draw_tile(scene, layer, 18, 5, 5)).any()


def test_tilejson_tells_what_there_is(out):
    scene = Site(out / "village").scene(None)
    told = tilejson(scene, scene.layers[0], "http://127.0.0.1:1/tiles/classes/")
    west, south, east, north = told["bounds"]
    longitude, latitude, zoom = told["center"]
    assert told["tilejson"] == "3.0.0"
    assert told["tiles"] == ["http://127.0.0.1:1/tiles/classes/{z}/{x}/{y}.png"]
    assert -180 <= west < longitude < east <= 180
    assert -85.06 < south < latitude < north < 85.06
    assert told["minzoom"] <= zoom <= told["maxzoom"] <= 30


@pytest.mark.parametrize("place", [(-1, 0, 0), (31, 0, 0), (2, 4, 0), (2, 0, 4), (2, -1, 0)])
def test_there_are_no_tiles_beyond_the_earth(place):
    assert is_tile(2, 3, 3)
    assert not is_tile(*place)
