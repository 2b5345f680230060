import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import segmentation

from pipeline.config import SlicConfig
from pipeline.grid import Grid
from pipeline.presegment import presegment
from pipeline.presegment.slic import reach


def picture(bands, height=120, width=150, seed=0):
    """Make smooth colours with some noise that reach from exactly 0 to exactly 1."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((height, width)) / 20
    waves = [np.sin(a * y + b) * np.cos(c * x + b) for a, b, c in rng.random((bands, 3)) * 2 + 0.5]
    image = np.stack(waves) + rng.normal(0, 0.05, (bands, height, width))
    image = (image - image.min()) / (image.max() - image.min())
    return image.astype(np.float32)


def fields(height=240, width=300, seed=0, noise=0.02):
    """Make a scene of slanting fields of different greens and greys; return it and the field of each pixel."""
    rng = np.random.default_rng(seed)
    places = rng.random((40, 2)) * (height, width)
    y, x = np.indices((height, width))
    truth = np.argmin([(y - a) ** 2 + (x - b) ** 2 for a, b in places], axis=0)
    image = np.moveaxis(rng.random((40, 3))[truth], -1, 0) + rng.normal(0, noise, (3, height, width))
    return np.clip(image, 0, 1).astype(np.float32), truth


def every(image):
    return np.ones(image.shape[1:], bool)


def agreement(one, other):
    """Return the share of pixels that both sides put in pairs of labels that are each other's best."""
    table = np.zeros((one.max() + 1, other.max() + 1), int)
    np.add.at(table, (one, other), 1)
    best = table.argmax(axis=1)
    mutual = table.argmax(axis=0)[best] == np.arange(len(table))
    return table.max(axis=1)[mutual].sum() / one.size


def edges(labels):
    """Return which pixels have another label to the right or below."""
    found = np.zeros(labels.shape, bool)
    found[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    found[:-1] |= labels[:-1] != labels[1:]
    return found


def assert_same_partition(one, other):
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    assert pairs.shape[1] == len(np.unique(one)) == len(np.unique(other))


def assert_tiles_are_the_scenes(image, valid, config, grid):
    whole = presegment(image, valid, config)
    for tile in grid:
        window = tile.read.slices(grid.scene)
        segments = presegment(image[:, *window], valid[window], config, (tile.read.top, tile.read.left))
        inner = segments[tile.write.slices(tile.read)]
        assert_same_partition(inner, whole[tile.write.slices(grid.scene)])


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_tiles_of_any_size_have_the_superpixels_of_the_scene(data):
    draw = data.draw
    seed, bands = draw(st.integers(0, 999)), draw(st.sampled_from([1, 3, 4]))
    shape = draw(st.integers(20, 90)), draw(st.integers(20, 90))
    config = SlicConfig(
        # Cells of 1 to 6 px.
        n_segments=draw(st.floats(28000, 1.1e6)),
        compactness=draw(st.sampled_from([0.001, 1, 3, 10, 100])),
        sigma=draw(st.sampled_from([0, 0, 0.6])),
        iterations=draw(st.integers(1, 3)),
    )
    image = picture(bands, *shape, seed)
    if draw(st.booleans()):
        # Where much is of one colour, distances tie.
        image = np.round(image * 3) / np.float32(3)
    rng = np.random.default_rng(seed)
    share = draw(st.sampled_from([0, 0.01, 0.4]))
    valid = rng.random(shape) >= share
    if draw(st.booleans()):
        # A slanting collar, and a gap.
        valid &= np.indices(shape).sum(axis=0) > draw(st.integers(0, 60))
        valid[:, shape[1] // 2] = False
    size = draw(st.integers(12, 70))
    offset = draw(st.tuples(*[st.integers(0, size - 1)] * 2))
    assert_tiles_are_the_scenes(image, valid, config, Grid(shape, size, reach(config), offset))


@pytest.mark.parametrize("config", [SlicConfig(iterations=2), SlicConfig(iterations=2, compactness=1, sigma=1)])
def test_tiles_of_real_imagery_have_the_superpixels_of_the_scene(config, shared):
    import rasterio

    with rasterio.open(shared / "scenes" / "banepa.tif") as source:
        raw = source.read([1, 2, 3], window=((500, 1000), (500, 1000)))
    image = raw.astype(np.float32) / 255
    valid = np.indices(raw.shape[1:]).sum(axis=0) > 120
    assert_tiles_are_the_scenes(image, valid, config, Grid((500, 500), 170, reach(config)))


def test_the_reach_follows_from_the_settings():
    # Of 10 px a cell: 2 cells more each way for every round; a sigma of 2 px is 8 px of smoothing.
    usual = SlicConfig()
    assert reach(SlicConfig(iterations=11)) - reach(usual) == 20
    assert reach(SlicConfig(sigma=2)) - reach(usual) == 8
    assert reach(SlicConfig(n_segments=2500)) == pytest.approx(2 * reach(usual), rel=0.02)


def test_too_narrow_a_halo_shows():
    image, _ = fields()
    config, grid = SlicConfig(), Grid((240, 300), 60, 0)
    with pytest.raises(AssertionError):
        assert_tiles_are_the_scenes(image, every(image), config, grid)


@pytest.mark.parametrize("place", [(0, 0), (3, 8), (47, 1200)])
def test_a_constant_image_shows_the_lattice(place):
    image = np.full((3, 100, 150), 0.4, np.float32)
    segments = presegment(image, every(image), SlicConfig(iterations=1), place)
    rows, columns = (np.arange(first, first + length) // 10 for first, length in zip(place, (100, 150), strict=True))
    lattice = rows[:, None] * 1000 + columns
    # Whole cells; where the image cuts one, its centre is elsewhere.
    inner = np.s_[10 - place[0] % 10 : 80, 10 - place[1] % 10 : 130]
    far = np.s_[20:70, 20:120]
    assert_same_partition(segments[far], lattice[far])
    assert len(np.unique(segments[inner])) >= len(np.unique(lattice[inner]))


@pytest.mark.parametrize("density", [2500, 10000, 40000])
@pytest.mark.parametrize("compactness", [10, 30])
def test_it_is_of_scikit_images_kind(density, compactness):
    image, truth = fields()
    count = round(density * truth.size / 1e6)
    theirs = segmentation.slic(np.moveaxis(image, 0, -1), count, compactness, start_label=1)
    ours = presegment(image, every(image), SlicConfig(n_segments=density, compactness=compactness))
    # Densities for which theirs, too, has a whole number of pixels from one seed to the next.
    assert ours.max() == pytest.approx(len(np.unique(theirs)), rel=0.1)
    recall_of = {}
    for name, segments in (("ours", ours), ("theirs", theirs)):
        near = np.pad(edges(segments), 1)
        near = np.lib.stride_tricks.sliding_window_view(near, (3, 3)).any(axis=(2, 3))
        recall_of[name] = near[edges(truth)].mean()
    assert recall_of["ours"] >= recall_of["theirs"] - 0.005
    assert recall_of["ours"] > 0.8


def test_superpixels_follow_strong_edges():
    image, truth = fields(noise=0)
    segments = presegment(image, every(image), SlicConfig(compactness=3))
    counts = np.zeros((segments.max() + 1, truth.max() + 1), int)
    np.add.at(counts, (segments, truth), 1)
    assert counts.max(axis=1).sum() > 0.98 * truth.size
    # A grid of the same squares is worse by far.
    squares = presegment(image, every(image), SlicConfig(compactness=1e6))
    counts = np.zeros((squares.max() + 1, truth.max() + 1), int)
    np.add.at(counts, (squares, truth), 1)
    assert counts.max(axis=1).sum() < 0.95 * truth.size


def test_no_part_is_smaller_than_a_quarter_of_a_cell_where_all_is_valid():
    image, _ = fields()
    segments = presegment(image, every(image), SlicConfig())
    assert np.bincount(segments.ravel())[1:].min() >= 25


@pytest.mark.parametrize("compactness", [0.001, 1])
def test_noise_makes_no_dust(compactness):
    image = np.random.default_rng(0).random((3, 200, 200)).astype(np.float32)
    segments = presegment(image, every(image), SlicConfig(compactness=compactness))
    assert segments.max() < 2 * 400
    assert segments.max() > 100


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
    config = SlicConfig(iterations=3)
    below = 6 + reach(config)
    assert below < 200
    plain, other = (presegment(one, every(image), config)[below:] for one in (image, bright))
    assert_same_partition(plain, other)


def test_low_contrast_is_not_stretched():
    image = picture(1)
    faint = 0.4 + 0.1 * image
    segments = presegment(faint, every(image), SlicConfig(compactness=2))
    assert agreement(segments, presegment(image, every(image), SlicConfig(compactness=20))) > 0.98
    assert agreement(segments, presegment(image, every(image), SlicConfig(compactness=2))) < 0.9


def test_superpixels_are_counted_per_megapixel_of_valid_pixels():
    image = picture(3, 300, 300)
    valid = np.indices((300, 300)).sum(axis=0) < 300
    # Cells that the slanting edge cuts have superpixels of their own.
    for n_segments in (2000, 10000):
        expected = n_segments * valid.sum() / 1e6
        assert presegment(image, valid, SlicConfig(n_segments=n_segments)).max() == pytest.approx(expected, rel=0.2)
    assert presegment(image, every(image), SlicConfig(n_segments=0.001)).max() == 1


def test_more_superpixels_than_pixels_are_as_many_as_pixels():
    image = picture(3, 5, 6)
    assert presegment(image, every(image), SlicConfig(n_segments=1e300)).max() == 30
    assert presegment(image, every(image), SlicConfig(n_segments=1e-300)).max() == 1


def test_no_slivers_line_the_collar():
    # Dark, as water is: nearest to what nodata holds.
    image = picture(3, 300, 300) * np.float32(0.1)
    y, x = np.indices((300, 300))
    valid = (x + 0.37 * y > 80) & (y - 0.37 * x > 10)
    segments = presegment(image, valid, SlicConfig())
    # A regular superpixel has 100 pixels.
    assert np.bincount(segments[valid])[1:].min() >= 25


def test_scattered_nodata_leaves_the_superpixels_as_they_are():
    image = picture(3)
    valid = np.random.default_rng(0).random(image.shape[1:]) > 0.002
    segments = presegment(image, valid, SlicConfig())
    assert agreement(segments[valid], presegment(image, every(image), SlicConfig())[valid]) > 0.9


def test_a_large_scene_far_away_is_as_one_nearby():
    image = picture(3)
    config = SlicConfig(n_segments=10000)
    near = presegment(image, every(image), config)
    assert np.array_equal(presegment(image, every(image), config, (1_000_000, 5_000_000)), near)
