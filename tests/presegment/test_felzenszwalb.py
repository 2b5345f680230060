import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import segmentation

from pipeline.config import FelzenszwalbConfig
from pipeline.presegment import presegment


def assert_same_partition(one, other):
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    assert pairs.shape[1] == len(np.unique(one)) == len(np.unique(other))


def noise(bands, height, width, seed=0):
    coarse = np.random.default_rng(seed).random((bands, height // 5 + 1, width // 5 + 1))
    fields = coarse.repeat(5, axis=1).repeat(5, axis=2)[:, :height, :width]
    return (0.7 * fields + 0.3 * np.random.default_rng(seed + 1).random(fields.shape)).astype(np.float32)


@pytest.mark.parametrize("bands", [1, 3, 5])
@pytest.mark.parametrize(("scale", "sigma", "min_size"), [(64, 0.5, 64), (1, 0, 1), (200, 0.8, 20), (10, 2, 5)])
def test_without_nodata_it_is_scikit_images(bands, scale, sigma, min_size):
    image = noise(bands, 70, 90)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = segmentation.felzenszwalb(np.moveaxis(image, 0, -1), scale, sigma, min_size)
    config = FelzenszwalbConfig(scale=scale, sigma=sigma, min_size=min_size)
    segments = presegment(image, np.ones((70, 90), bool), config)
    assert_same_partition(segments, expected)
    assert segments.max() > 1


def scikit_images(image, config):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return segmentation.felzenszwalb(np.moveaxis(image, 0, -1), config.scale, config.sigma, config.min_size)


@given(
    st.integers(0, 1000),
    st.tuples(st.sampled_from([1, 3, 4]), st.integers(2, 40), st.integers(2, 40)),
    st.floats(0.5, 2000),
    st.just(0) | st.floats(0.13, 3),
    st.integers(1, 200),
)
@settings(deadline=None)
def test_any_settings_are_scikit_images(seed, shape, scale, sigma, min_size):
    # By chance no two edges cost the same, nor so nearly that float32 takes them for the same.
    image = noise(*shape, seed)
    config = FelzenszwalbConfig(scale=scale, sigma=sigma, min_size=min_size)
    assert_same_partition(presegment(image, np.ones(shape[1:], bool), config), scikit_images(image, config))


@pytest.mark.parametrize("name", ["towns_7000x6000", "banepa", "inria_austin"])
def test_real_imagery_is_scikit_images(name, shared):
    import rasterio

    with rasterio.open(shared / "scenes" / f"{name}.tif") as source:
        raw = source.read([1, 2, 3], window=((100, 500), (100, 500)))
    # Bytes tie where they are flat; a little noise, less than half a byte's step, tells them apart.
    image = ((raw + np.random.default_rng(0).uniform(-0.3, 0.3, raw.shape)) / 255).astype(np.float32)
    config = FelzenszwalbConfig()
    segments = presegment(image, np.ones(raw.shape[1:], bool), config)
    assert_same_partition(segments, scikit_images(image, config))
    assert segments.max() > 100


@given(
    st.integers(0, 1000),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([0.1, 0.4, 0.8]),
    st.sampled_from([5.0, 60.0, 300.0, 1000.0]),
    st.integers(1, 12),
)
@settings(deadline=None)
def test_with_nodata_it_is_the_algorithm_on_the_graph_of_the_valid_pixels(seed, shape, share, scale, min_size):
    image = noise(1 + seed % 2, *shape, seed)
    # Lone dark and bright pixels: it is these that would join nodata first.
    outliers = np.random.default_rng(seed + 2).random(image.shape)
    image = np.where(outliers < 0.1, outliers, np.where(outliers > 0.9, outliers, image)).astype(np.float32)
    valid = np.random.default_rng(seed).random(shape) >= share
    config = FelzenszwalbConfig(scale=scale, sigma=0, min_size=min_size)
    segments = presegment(image, valid, config)
    if valid.any():
        assert_same_partition(segments[valid], reference(image.astype(float), valid, scale / 255, min_size)[valid])


def reference(image, valid, threshold, min_size):
    """Merge by the paper's rule, edge by edge from the cheapest."""
    segment_of = {tuple(place): {tuple(place)} for place in np.argwhere(valid)}
    inner = dict.fromkeys(segment_of, 0.0)
    edges = sorted(
        (np.linalg.norm(image[:, y, x] - image[:, *other]), (y, x), other)
        for y, x in segment_of
        for other in ((y, x + 1), (y + 1, x - 1), (y + 1, x), (y + 1, x + 1))
        if other in segment_of
    )

    def merge_if(rule):
        for cost, *ends in edges:
            one, other = (segment_of[place] for place in ends)
            if one is not other and rule(cost, one, other):
                one |= other
                for place in one:
                    segment_of[place], inner[place] = one, cost

    def cheap(cost, *sides):
        return cost < min(inner[next(iter(side))] + threshold / len(side) for side in sides)

    merge_if(cheap)
    merge_if(lambda _, one, other: min(len(one), len(other)) < min_size)
    labels = np.zeros(valid.shape, int)
    for place, members in segment_of.items():
        labels[place] = 1 + np.ravel_multi_index(min(members), valid.shape)
    return labels


def test_a_lone_dark_pixel_joins_its_neighbours_and_not_the_nodata_beside_it():
    image = np.array([[[0.5, 0.5, 0.5, 0.5, 0.05, 0, 0.5]]], np.float32)
    valid = np.array([[True, True, True, True, True, False, True]])
    segments = presegment(image, valid, FelzenszwalbConfig(scale=300, sigma=0, min_size=2))
    assert np.array_equal(segments, [[1, 1, 1, 1, 1, 0, 2]])


def test_two_sides_of_nodata_are_segmented_each_as_if_alone():
    image = noise(3, 40, 81)
    valid = np.ones((40, 81), bool)
    valid[:, 40] = False
    config = FelzenszwalbConfig(sigma=0, min_size=10)
    segments = presegment(image, valid, config)
    for side in (np.s_[:, :40], np.s_[:, 41:]):
        assert_same_partition(segments[side], presegment(image[:, *side], valid[side], config))
    assert not set(segments[:, :40].ravel()) & set(segments[:, 41:].ravel())


@pytest.mark.parametrize("settings", [{"scale": 1e308}, {"min_size": 2**63 - 1}])
def test_beyond_all_bounds_every_connected_part_is_one_segment(settings):
    valid = np.ones((20, 30), bool)
    valid[:, 12] = False
    segments = presegment(noise(3, 20, 30), valid, FelzenszwalbConfig(**settings))
    assert np.array_equal(np.unique(segments[:, :12]), [1])
    assert np.array_equal(np.unique(segments[:, 13:]), [2])
