import numpy as np
import pytest
import rasterio

from pipeline.errors import InputError
from pipeline.grid import Box
from pipeline.raster.labels import label_shape, read_labels


@pytest.fixture
def write(tmp_path):
    """Give a function that writes a raster of some bands."""

    def raster(bands, nodata=None):
        path = tmp_path / "labels.tif"
        count, rows, columns = bands.shape
        with rasterio.open(
            path, "w", driver="GTiff", width=columns, height=rows, count=count, dtype=bands.dtype, nodata=nodata
        ) as file:
            file.write(bands)
        return path

    return raster


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32])
def test_a_box_is_what_was_written(write, dtype):
    labels = np.random.default_rng(0).integers(0, 200, (1, 30, 40)).astype(dtype)
    path = write(labels)
    assert label_shape(path) == (30, 40)
    assert np.array_equal(read_labels(path, Box(3, 5, 20, 40)), labels[0, 3:20, 5:40])


def test_another_nodata_value_is_outside_and_0_a_label(write):
    path = write(np.array([[[0, 7, 255]]], np.uint8), nodata=255)
    assert read_labels(path, Box(0, 0, 1, 3)).tolist() == [[1, 8, 0]]
    path = write(np.array([[[0, 7, 255]]], np.uint8), nodata=0)
    assert read_labels(path, Box(0, 0, 1, 3)).tolist() == [[0, 7, 255]]


@pytest.mark.parametrize("bands", [np.zeros((3, 4, 4), np.uint8), np.zeros((1, 4, 4), np.float32)])
def test_an_image_is_no_map_of_labels(write, bands):
    with pytest.raises(InputError, match="is no map of labels"):
        label_shape(write(bands))


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"gone\.tif: cannot be opened"):
        label_shape(tmp_path / "gone.tif")
