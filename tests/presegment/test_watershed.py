import numpy as np
import pytest
from skimage import segmentation

from pipeline.config import WatershedConfig
from pipeline.image import gradient, smooth
from pipeline.presegment import presegment
from pipeline.presegment.finish import finish
from pipeline.presegment.watershed import segment


def noise(height, width, bands=3):
    return np.random.default_rng(0).random((bands, height, width)).astype(np.float32)


@pytest.mark.parametrize("compactness", [0, 0.01])
def test_without_nodata_basins_are_scikit_images_from_the_lattice(compactness):
    image, valid = noise(60, 90), np.ones((60, 90), bool)
    markers = np.zeros((60, 90), int)
    places = [(y, x) for y in (10, 30, 50) for x in range(9, 90, 18)]
    for number, place in enumerate(places, 1):
        markers[place] = number
    relief = gradient(smooth(image, valid, 1.0), valid)
    expected = segmentation.watershed(relief, markers, compactness=compactness)
    config = WatershedConfig(n_segments=len(places) / (60 * 90) * 1e6, compactness=compactness)
    assert np.array_equal(segment(image, valid, config, (0, 0), "cpu"), finish(expected, valid))


@pytest.mark.parametrize("shape", [(200, 300), (1, 6000), (7000, 1), (3, 2000)])
@pytest.mark.parametrize("n_segments", [1000, 20000])
def test_basins_are_counted_per_megapixel(shape, n_segments):
    expected = n_segments * shape[0] * shape[1] / 1e6
    config = WatershedConfig(n_segments=n_segments)
    found = presegment(noise(*shape), np.ones(shape, bool), config).max()
    assert found == pytest.approx(expected, rel=0.05, abs=1)


def test_basins_are_counted_over_valid_pixels_only():
    valid = np.indices((300, 300)).sum(axis=0) < 300
    found = presegment(noise(300, 300), valid, WatershedConfig(n_segments=4000)).max()
    assert found == pytest.approx(0.004 * valid.sum(), rel=0.05)


@pytest.mark.parametrize(("n_segments", "expected"), [(1e-9, 1), (1e300, 30)])
def test_at_least_one_basin_and_at_most_one_per_pixel(n_segments, expected):
    config = WatershedConfig(n_segments=n_segments)
    assert presegment(noise(5, 6), np.ones((5, 6), bool), config).max() == expected


def test_basins_end_at_an_edge_between_markers():
    image = np.zeros((1, 20, 60), np.float32)
    image[:, :, 24:] = 0.6
    config = WatershedConfig(n_segments=3 / (20 * 60) * 1e6, sigma=0)
    segments = presegment(image, np.ones((20, 60), bool), config)
    assert not set(segments[:, :23].ravel()) & set(segments[:, 25:].ravel())


def test_islands_without_a_marker_are_segments_of_their_own():
    valid = np.zeros((40, 40), bool)
    valid[10:30, 10:30] = True
    valid[2:4, 2:4] = valid[36:38, 3:5] = True
    segments = presegment(np.zeros((1, 40, 40), np.float32), valid, WatershedConfig(n_segments=1e-9))
    assert np.array_equal(np.unique(segments), [0, 1, 2, 3])
    assert segments[3, 3] == 1
    assert segments[37, 4] == 3


def test_nodata_makes_no_ridge():
    # A roof brighter than the ground, ten columns wide, with a gap of nodata along its middle and over its border.
    image = np.full((1, 40, 80), 0.2, np.float32)
    image[:, 10:30, 40:60] = 0.8
    valid = np.ones((40, 80), bool)
    valid[5:35, 50] = valid[20, ::3] = False
    relief = gradient(smooth(image, valid, 1), valid)
    flat = np.ones((40, 80), bool)
    flat[5:35, 35:65] = False
    flat[15:25, 45:55] = True
    assert relief[flat].max() < 1e-6
    assert relief[10, 45] > 0.1
