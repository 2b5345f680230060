import numpy as np
import pytest
from skimage.color import rgb2lab

from pipeline.kernels.lab import lab


def test_it_is_scikit_images_lab():
    rng = np.random.default_rng(0)
    colours = np.concatenate([rng.random((3, 50000)), rng.random((3, 50000)) ** 5], axis=1).astype(np.float32)
    # Every corner of the cube, and greys of both sides of the dark, straight piece.
    corners = np.indices((2, 2, 2)).reshape(3, -1)
    greys = np.tile(np.linspace(0, 0.2, 500), (3, 1))
    colours = np.concatenate([colours, corners, greys], axis=1).astype(np.float32)
    assert lab(colours) == pytest.approx(rgb2lab(colours.astype(float), channel_axis=0), abs=2e-4)


def test_every_byte_is_met():
    greys = np.tile(np.arange(256) / 255, (3, 1)).astype(np.float32)
    assert lab(greys) == pytest.approx(rgb2lab(greys.astype(float), channel_axis=0), abs=2e-4)


def test_what_is_beyond_counts_as_the_end_and_what_is_no_number_as_0():
    odd = np.array([[np.nan, -3, 2, np.inf, -np.inf]] * 3, np.float32)
    plain = np.array([[0, 0, 1, 1, 0]] * 3, np.float32)
    assert np.array_equal(lab(odd), lab(plain))


def test_no_colours_are_no_colours():
    assert lab(np.empty((3, 0), np.float32)).shape == (3, 0)
