import sys

import numpy as np
import pytest
from rasterio import Affine
from rasterio.control import GroundControlPoint

from pipeline.config import InputConfig
from pipeline.errors import ConfigError, InputError
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling
from pipeline.raster.spec import apply
from pipeline.raster.webplace import tile_bounds, web_place
from pipeline.raster.webtiles import read_class_tile, read_scene_tile, require_tiler

from .webcases import tile_of

pytest.importorskip("rio_tiler")
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # within rasterio

COLOURS = {0: (0, 0, 0, 0), 1: (200, 30, 40, 255), 2: (20, 160, 70, 255), 3: (10, 20, 230, 255)}
SIDE, BLOCK = 96, 12
TURNED = Affine.translation(5e5, 5.4e6) @ Affine.rotation(30) @ Affine.scale(0.5, -0.5)
PLACES = {
    "north-up": ("EPSG:32633", (0.3, 0.0, 5e5, 0.0, -0.3, 5.4e6)),
    "south-up": ("EPSG:32633", (0.3, 0.0, 5e5, 0.0, 0.3, 5.4e6)),
    "rotated": ("EPSG:32633", tuple(TURNED[:6])),
    "degrees": ("EPSG:4326", (3e-6, 0.0, 8.5, 0.0, -3e-6, 47.4)),
    "degrees, south-up": ("EPSG:4326", (3e-6, 0.0, 8.5, 0.0, 3e-6, -33.0)),
    "Web Mercator": ("EPSG:3857", (0.3, 0.0, 1e6, 0.0, -0.3, 6e6)),
    "Web Mercator, rotated": ("EPSG:3857", (0.2, 0.1, 1e6, 0.1, -0.2, 6e6)),
    "feet": ("EPSG:2277", (1.0, 0.0, 3.1e6, 0.0, -1.0, 1.0e7)),
}


@pytest.fixture
def labels():
    """Give blocks of 12 px of nodata and three classes by chance."""
    blocks = np.random.default_rng(1).integers(0, 4, (SIDE // BLOCK, SIDE // BLOCK), dtype=np.uint8)
    return np.kron(blocks, np.ones((BLOCK, BLOCK), dtype=np.uint8))


def middles():
    return [(row, column) for row in range(BLOCK // 2, SIDE, BLOCK) for column in range(BLOCK // 2, SIDE, BLOCK)]


def spec_of(path, band=1):
    return open_source(path, InputConfig(bands=(band,))).spec


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("closer", [0, 3])
def test_a_tile_has_the_colour_of_the_class_that_lies_there(make_raster, labels, place, closer):
    crs, geotransform = PLACES[place]
    path = make_raster(labels[None], palette=COLOURS, crs=crs, transform=Affine(*geotransform), nodata=0)
    zoom = web_place(spec_of(path)).most + closer
    tiles = {}
    for row, column in middles()[:: 1 + closer]:
        x, y, down, across = tile_of(crs, geotransform, row, column, zoom)
        if (x, y) not in tiles:
            tiles[x, y] = read_class_tile(path, tile_bounds(zoom, x, y))
        assert tuple(tiles[x, y][down, across]) == COLOURS[labels[row, column]], (row, column)
    everything = {tuple(pixel) for tile in tiles.values() for pixel in tile.reshape(-1, 4)}
    assert everything <= set(COLOURS.values())


def test_control_points_place_tiles(make_raster, labels):
    crs, geotransform = PLACES["north-up"]
    corners = ((0, 0), (0, SIDE), (SIDE, 0), (SIDE, SIDE))
    points = [GroundControlPoint(row, column, *apply(geotransform, column, row)) for row, column in corners]
    path = make_raster(labels[None], palette=COLOURS, crs=crs, gcps=points, nodata=0)
    zoom = web_place(spec_of(path)).most + 1
    for row, column in middles()[::5]:
        x, y, down, across = tile_of(crs, geotransform, row, column, zoom)
        assert tuple(read_class_tile(path, tile_bounds(zoom, x, y))[down, across]) == COLOURS[labels[row, column]]


def test_classes_of_two_bytes_have_their_colours(make_raster):
    crs, geotransform = PLACES["north-up"]
    labels = np.full((SIDE, SIDE), 300, dtype=np.uint16)
    palette = {0: (0, 0, 0, 0), 300: (7, 80, 90, 255)}
    path = make_raster(labels[None], palette=palette, crs=crs, transform=Affine(*geotransform), nodata=0)
    x, y, down, across = tile_of(crs, geotransform, 40, 40, 20)
    assert tuple(read_class_tile(path, tile_bounds(20, x, y))[down, across]) == (7, 80, 90, 255)


def test_a_tile_elsewhere_is_transparent(make_raster, labels):
    crs, geotransform = PLACES["north-up"]
    path = make_raster(labels[None], palette=COLOURS, crs=crs, transform=Affine(*geotransform), nodata=0)
    assert not read_class_tile(path, tile_bounds(18, 3, 5)).any()


@pytest.mark.parametrize("place", ["north-up", "south-up", "rotated", "degrees"])
def test_the_scene_is_seen_where_its_map_has_data(make_raster, labels, place):
    crs, geotransform = PLACES[place]
    options = {"crs": crs, "transform": Affine(*geotransform)}
    scene = make_raster(np.stack([labels.astype(np.uint16) * 1000 + band for band in range(4)]), "scene.tif", **options)
    mask = make_raster(labels[None], "finest.tif", palette=COLOURS, nodata=0, **options)
    source = open_source(scene, InputConfig(bands=(3, 2, 1)))
    zoom = web_place(source.spec).most + 2
    for row, column in middles()[::7]:
        x, y, down, across = tile_of(crs, geotransform, row, column, zoom)
        scaling = Scaling((2.0, 1.0, 0.0), (4002.0, 8001.0, 16000.0))
        pixel = read_scene_tile(source, scaling, mask, tile_bounds(zoom, x, y))[down, across]
        label = int(labels[row, column])
        expected = [round(label * 1000 / high * 255) for high in (4000, 8000, 16000)] if label else [0, 0, 0]
        assert list(pixel) == [*expected, 255 if label else 0]


def test_a_scene_of_indices_is_seen_in_its_colours(make_raster, labels):
    crs, geotransform = PLACES["north-up"]
    options = {"crs": crs, "transform": Affine(*geotransform), "palette": COLOURS}
    path = make_raster(labels[None], **options)
    source = open_source(path, InputConfig())
    for row, column in middles()[::7]:
        x, y, down, across = tile_of(crs, geotransform, row, column, 20)
        tile = read_scene_tile(source, Scaling((0.0,) * 3, (255.0,) * 3), path, tile_bounds(20, x, y))
        assert tuple(tile[down, across]) == COLOURS[labels[row, column]]


def test_a_file_that_is_no_raster_is_a_sentence(tmp_path):
    path = tmp_path / "classes.tif"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"classes\.tif: cannot be shown on a web map"):
        read_class_tile(path, tile_bounds(3, 3, 3))


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "rio_tiler"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rio_tiler", None)
    with pytest.raises(ConfigError, match=r"pip install 'aerialseg\[view\]'"):
        require_tiler()
