import numpy as np
import pytest
from skimage.color import rgb2lab

from pipeline.colour import look, to_lab


def test_three_bands_are_lab_and_others_hundredths():
    image = np.random.default_rng(0).uniform(size=(3, 4, 5)).astype(np.float32)
    assert np.allclose(to_lab(image), np.moveaxis(rgb2lab(np.moveaxis(image, 0, -1)), -1, 0), atol=1e-3)
    assert np.allclose(to_lab(image[:2]), 100 * image[:2])


@pytest.mark.parametrize("bands", [1, 3, 4])
def test_looks_have_a_row_a_thing(bands):
    gradients = np.linspace(0, 0.1, 6)
    features = look(np.ones((6, bands)), np.column_stack([gradients, gradients, gradients]))
    assert features.shape == (6, bands + 2)
    assert np.allclose(features[:, -2], 200 * gradients)
    assert not features[:, -1].any()


def test_grain_is_a_ratio_and_noise_has_none():
    one, twice, coarse, noise = [0.05, 0.02, 0.02], [0.05, 0.04, 0.04], [0.05, 0.01, 0.04], [0.05, 0.0001, 0.0004]
    grains = look(np.ones((4, 3)), np.array([one, twice, coarse, noise]))[:, -1]
    assert np.allclose(grains[:2], 0)
    assert grains[2] > 5
    assert abs(grains[3]) < 1


def test_shade_is_less_of_a_difference_than_hue():
    grey, darker, redder = np.array([[50.0, 0, 0], [40.0, 0, 0], [50.0, 10, 0]])
    features = look(np.stack([grey, darker, redder]), np.zeros((3, 3)))
    assert np.linalg.norm(features[0] - features[1]) < np.linalg.norm(features[0] - features[2])
