"""Which window settings are tried on."""

import numpy as np
import pytest
from rasterio.env import Env

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.raster.geotiff import write_geotiff
from pipeline.raster.open import open_source
from pipeline.raster.source import read
from pipeline.run.window import SIDE, choose_window


@pytest.fixture
def choose(tmp_path):
    """Give a function that chooses a window of an image (h, w), 0 outside, and returns it with what is valid there."""

    def run(image, nodata=0):
        with Env():
            path = tmp_path / "scene.tif"
            write_geotiff(path, image[None], crs="EPSG:32633", transform=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0), tags={})
            source = open_source(path, InputConfig(nodata=nodata))
            box = choose_window(source, seed=0)
            assert choose_window(source, seed=0) == box
            return box, read(source, box)[1]

    return run


def noise(rows, columns):
    return np.random.default_rng(0).integers(1, 255, (rows, columns), dtype=np.uint8)


def test_the_middle_of_a_scene_that_is_valid_all_over(choose):
    box, _ = choose(noise(1512, 912))
    assert box == Box(500, 200, 1012, 712)


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (300, 200), (SIDE, SIDE)])
def test_a_scene_smaller_than_the_window_is_all_of_it(choose, shape):
    box, _ = choose(noise(*shape))
    assert box.shape == (shape[0], min(shape[1], SIDE))
    assert shape[1] > SIDE or box == Box(0, 0, *shape)


def test_a_rotated_image_in_a_black_collar(choose):
    image = noise(1600, 1600)
    rows, columns = np.indices(image.shape)
    image[abs(rows - 800) + abs(columns - 800) > 780] = 0
    box, valid = choose(image)
    assert box == Box(544, 544, 1056, 1056)
    assert valid.all()


def test_nodata_beside_the_middle_is_evaded(choose):
    image = noise(1600, 1600)
    image[:, 700:] = 0
    box, valid = choose(image)
    assert box == Box(544, 0, 1056, 512)
    assert valid.all()


def test_where_nothing_is_whole_the_most_is_taken(choose):
    image = noise(1600, 1600)
    image[500:] = 0
    image[:, 480:] = 0
    box, valid = choose(image)
    assert box == Box(0, 0, 512, 512)
    assert valid.mean() == 500 * 480 / 512**2


def test_a_black_middle_shows_nothing_even_where_nodata_is_unknown(choose):
    image = noise(1600, 1600)
    image[500:1100, 500:1100] = 0
    box, _ = choose(image, nodata=None)
    assert (image[box.top : box.bottom, box.left : box.right] > 0).any()


def test_single_pixels_of_nodata_do_not_move_the_window(choose):
    image = noise(1600, 1600)
    image[::40, ::40] = 0
    assert choose(image)[0] == Box(544, 544, 1056, 1056)


def test_a_speck_between_the_places_is_found(choose):
    image = np.zeros((6000, 6000), np.uint8)
    image[600:610, 3300:3310] = noise(10, 10)
    box, valid = choose(image)
    assert valid.any()
    assert box.shape == (SIDE, SIDE)


def test_a_scene_without_valid_pixels_has_a_window_too(choose):
    box, valid = choose(np.zeros((700, 600), np.uint8))
    assert box.shape == (SIDE, SIDE)
    assert not valid.any()
