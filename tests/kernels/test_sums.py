import numpy as np
import pytest

from pipeline.kernels.sums import totals


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int16])
@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_sums_are_those_of_numpy(dtype, kind):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 7, (30, 40)).astype(kind)
    layers = rng.uniform(0, 200, (4, 30, 40)).astype(dtype)
    pixels, sums, squares = totals(labels, layers, 9)
    flat = labels.ravel()
    expected = np.bincount(flat, minlength=9)
    expected[0] = 0
    assert np.array_equal(pixels, expected)
    wide = layers if dtype == np.float32 else layers.astype(np.float64)
    for found, values in ((sums, wide), (squares, wide * wide)):
        table = np.stack([np.bincount(flat, weights=layer.ravel(), minlength=9) for layer in values], axis=1)
        table[0] = 0
        assert np.array_equal(found, table)


def test_what_is_outside_counts_nowhere_whatever_it_holds():
    labels = np.array([[0, 1]])
    layers = np.array([[[np.nan, 2.0]], [[np.finfo(np.float64).max, 3.0]]])
    pixels, sums, squares = totals(labels, layers, 2)
    assert pixels.tolist() == [0, 1]
    assert sums.tolist() == [[0, 0], [2, 3]]
    assert squares.tolist() == [[0, 0], [4, 9]]


def test_parts_of_an_image_that_do_not_lie_in_a_row():
    labels, layers = np.arange(12).reshape(3, 4) % 3, np.arange(24.0).reshape(2, 3, 4)
    assert np.array_equal(
        totals(labels[:, ::2], layers[:, :, ::2], 3)[1], totals(labels[:, ::2].copy(), layers[:, :, ::2].copy(), 3)[1]
    )
