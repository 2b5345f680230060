import numpy as np
import pytest
from skimage import segmentation

from pipeline.config import SlicConfig
from pipeline.presegment import presegment


def picture(bands, height=120, width=150, seed=0):
    """Make smooth colours with some noise that reach from exactly 0 to exactly 1."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((height, width)) / 20
    waves = [np.sin(a * y + b) * np.cos(c * x + b) for a, b, c in rng.random((bands, 3)) * 2 + 0.5]
    image = np.stack(waves) + rng.normal(0, 0.05, (bands, height, width))
    image = (image - image.min()) / (image.max() - image.min())
    return image.astype(np.float32)


def every(image):
    return np.ones(image.shape[1:], bool)


def agreement(one, other):
    """Return the share of pixels that both sides put in pairs of labels that are each other's best."""
    table = np.zeros((one.max() + 1, other.max() + 1), int)
    np.add.at(table, (one, other), 1)
    best = table.argmax(axis=1)
    mutual = table.argmax(axis=0)[best] == np.arange(len(table))
    return table.max(axis=1)[mutual].sum() / one.size


@pytest.mark.parametrize("compactness", [1.0, 10.0])
def test_three_bands_are_clustered_as_scikit_image_does_in_lab(compactness):
    image = picture(3)
    expected = segmentation.slic(np.moveaxis(image, 0, -1), 180, compactness, start_label=1)
    # scikit-image stretches before it converts to Lab, which for this image changes nothing, and after not again.
    segments = presegment(image, every(image), SlicConfig(compactness=compactness))
    assert agreement(segments, expected) > 0.995


@pytest.mark.parametrize("bands", [1, 4])
def test_other_bands_are_clustered_in_hundredths(bands):
    image = picture(bands)
    expected = segmentation.slic(np.moveaxis(image, 0, -1), 180, 0.1, start_label=1)
    segments = presegment(image, every(image), SlicConfig(compactness=10))
    assert agreement(segments, expected) > 0.995


def checks(bands, height=300, width=150):
    """Make squares of three greys, so that many pixels are as near to one cluster as to another."""
    greys = np.random.default_rng(0).integers(0, 3, (bands, height // 3 + 1, width // 3 + 1)).astype(np.float32) / 3
    return greys.repeat(3, axis=1).repeat(3, axis=2)[:, :height, :width]


@pytest.mark.parametrize("make", [picture, checks])
@pytest.mark.parametrize("bands", [1, 3, 5])
def test_a_bright_pixel_far_away_changes_nothing(make, bands):
    image = make(bands, height=300) * np.float32(0.5)
    bright = image.copy()
    bright[:, 5, 5] = 1
    # In every round a cluster tells its neighbours at most: what happens in row 5 cannot reach row 200 in three.
    config = SlicConfig(iterations=3)
    plain, other = (presegment(one, every(image), config)[200:] for one in (image, bright))
    assert np.array_equal(plain - plain.min(), other - other.min())


def test_low_contrast_is_not_stretched():
    image = picture(1)
    faint = 0.4 + 0.1 * image
    segments = presegment(faint, every(image), SlicConfig(compactness=2))
    assert agreement(segments, presegment(image, every(image), SlicConfig(compactness=20))) > 0.995
    assert agreement(segments, presegment(image, every(image), SlicConfig(compactness=2))) < 0.9


def test_superpixels_are_counted_per_megapixel_of_valid_pixels():
    image = picture(3, 300, 300)
    valid = np.indices((300, 300)).sum(axis=0) < 300
    for n_segments in (2000, 10000):
        expected = n_segments * valid.sum() / 1e6
        assert presegment(image, valid, SlicConfig(n_segments=n_segments)).max() == pytest.approx(expected, rel=0.15)
    assert presegment(image, every(image), SlicConfig(n_segments=0.001)).max() == 1


def test_more_superpixels_than_pixels_are_as_many_as_pixels():
    image = picture(3, 5, 6)
    assert presegment(image, every(image), SlicConfig(n_segments=1e300)).max() == 30


def test_no_slivers_line_the_collar():
    # Dark, as water is: nearest to what stands for nodata.
    image = picture(3, 300, 300) * np.float32(0.1)
    y, x = np.indices((300, 300))
    valid = (x + 0.37 * y > 80) & (y - 0.37 * x > 10)
    segments = presegment(image, valid, SlicConfig())
    # A regular superpixel has 100 pixels.
    assert np.bincount(segments[valid])[1:].min() > 40


def test_scattered_nodata_leaves_the_superpixels_as_they_are():
    image = picture(3)
    valid = np.random.default_rng(0).random(image.shape[1:]) > 0.002
    segments = presegment(image, valid, SlicConfig())
    assert agreement(segments[valid], presegment(image, every(image), SlicConfig())[valid]) > 0.9
