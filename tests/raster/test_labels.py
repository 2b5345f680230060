import numpy as np
import pytest

from pipeline.box import Box
from pipeline.raster.labels import read_labels
from pipeline.raster.numbers import open_numbers


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_a_box_is_what_was_written(make_raster, dtype):
    labels = np.random.default_rng(0).integers(0, 200, (1, 30, 40)).astype(dtype)
    source = open_numbers(make_raster(labels))
    assert source.spec.shape == (30, 40)
    assert np.array_equal(read_labels(source, Box(3, 5, 20, 40)), labels[0, 3:20, 5:40])


def test_another_nodata_value_is_outside_and_0_a_label(make_raster):
    source = open_numbers(make_raster(np.array([[[0, 7, 255]]], np.uint8), nodata=255))
    assert read_labels(source, Box(0, 0, 1, 3)).tolist() == [[1, 8, 0]]
    source = open_numbers(make_raster(np.array([[[0, 7, 255]]], np.uint8), nodata=0))
    assert read_labels(source, Box(0, 0, 1, 3)).tolist() == [[0, 7, 255]]


def test_what_alpha_hides_is_outside(make_raster):
    path = make_raster(np.array([[[5, 6]], [[0, 255]]], np.uint8), interp=("gray", "alpha"))
    assert read_labels(open_numbers(path), Box(0, 0, 1, 2)).tolist() == [[0, 6]]
