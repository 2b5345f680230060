import numpy as np
import pytest

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.raster.numbers import count_bands, open_numbers, read_numbers

COLOURS = {0: (0, 0, 0, 0), 1: (9, 9, 9, 255), 2: (9, 9, 9, 255)}


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32"])
def test_numbers_are_read_as_they_are(make_raster, dtype):
    top = np.iinfo(dtype).max
    numbers = np.array([[[0, 1, top], [2, 3, 4]]], dtype)
    source = open_numbers(make_raster(numbers))
    read, valid = read_numbers(source, Box(0, 1, 2, 3))
    assert read.tolist() == [[1, top], [3, 4]]
    assert valid.all()


def test_colours_of_a_palette_do_not_matter(make_raster):
    path = make_raster(np.array([[[0, 1, 2]]], "uint8"), palette=COLOURS)
    read, valid = read_numbers(open_numbers(path), Box(0, 0, 1, 3))
    assert read.tolist() == [[0, 1, 2]]
    assert valid.all()


def test_nodata_and_alpha_are_not_valid(make_raster):
    path = make_raster(np.array([[[7, 1, 2]]], "uint8"), nodata=7)
    assert read_numbers(open_numbers(path), Box(0, 0, 1, 3))[1].tolist() == [[False, True, True]]
    path = make_raster(np.array([[[7, 1, 2]], [[255, 0, 255]]], "uint8"), interp=("gray", "alpha"))
    assert read_numbers(open_numbers(path), Box(0, 0, 1, 3))[1].tolist() == [[True, False, True]]
    assert count_bands(path) == 1


def test_pictures_and_measurements_are_refused(make_raster):
    with pytest.raises(InputError, match=r"scene.tif: has 3 bands.*gdal_translate -b 1"):
        open_numbers(make_raster(np.ones((3, 2, 2), "uint8")))
    with pytest.raises(InputError, match=r"scene.tif: holds float32.*gdal_translate -ot UInt32"):
        open_numbers(make_raster(np.ones((1, 2, 2), "float32")))
