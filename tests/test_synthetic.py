"""The synthetic scene: what its truth promises, and what its picture does."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pipeline.synthetic import NAMES, Cover, Scene, make_scene


@pytest.fixture(scope="module", params=[0, 1, 2, 3])
def scene(request) -> Scene:
    return make_scene((1000, 1000), request.param)


def shares(scene: Scene) -> dict[str, float]:
    counts = np.bincount(scene.truth.ravel(), minlength=len(NAMES) + 1)
    return dict(zip(("outside", *scene.names), counts / scene.truth.size, strict=True))


def mean_colours(scene: Scene) -> np.ndarray:
    return np.stack([scene.image[:, scene.truth == cover].mean(axis=1) for cover in Cover])


@given(rows=st.integers(64, 300), columns=st.integers(64, 300), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_any_shape_has_truth_everywhere_and_few_but_some_pools(rows, columns, seed):
    scene = make_scene((rows, columns), seed)
    assert scene.image.shape == (3, rows, columns)
    assert scene.truth.shape == (rows, columns)
    assert scene.image.dtype == scene.truth.dtype == np.uint8
    assert scene.names == NAMES
    share = shares(scene)
    assert share["outside"] == 0
    assert share["road"] > 0.05
    assert 0.0005 <= share["pool"] <= 0.005


def test_every_class_is_there_in_its_share(scene):
    share = shares(scene)
    for crop in ("meadow", "wheat", "soil", "maize", "vines"):
        assert 0.02 < share[crop] < 0.4, crop
    assert 0.05 < share["road"] < 0.13
    assert 0.01 < share["roof"] < 0.06
    assert 0.0005 <= share["pool"] <= 0.005
    assert 0.08 < share["water"] < 0.25
    assert 0.05 < share["trees"] < 0.2


def test_the_seed_decides():
    first, again, other = (make_scene((200, 300), seed) for seed in (7, 7, 8))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.truth, again.truth)
    assert (first.truth != other.truth).mean() > 0.2
    assert (first.image != other.image).mean() > 0.5


def test_maize_and_vines_have_one_colour_but_not_one_texture(scene):
    maize, vines = mean_colours(scene)[[Cover.MAIZE - 1, Cover.VINES - 1]]
    assert np.abs(maize - vines).max() < 2
    # Rows of maize are nearer to each other: a pixel tells more of the one six pixels on.
    contrast = {cover: rows_at_distance(scene, cover, 6) for cover in (Cover.MAIZE, Cover.VINES)}
    assert contrast[Cover.MAIZE] > contrast[Cover.VINES] + 0.2


def rows_at_distance(scene, cover, distance):
    """Correlation of pixels a distance apart, in the direction in which they agree less at half of it."""
    green = scene.image[1].astype(float)
    inside = ndimage.binary_erosion(scene.truth == cover, iterations=8)
    parcels, count = ndimage.label(inside)
    found = []
    for parcel in range(1, count + 1):
        y, x = np.nonzero(parcels == parcel)
        if len(y) > 2000:
            near = [correlation(green, y, x, *step) for step in ((distance // 2, 0), (0, distance // 2))]
            step = (distance, 0) if near[0] < near[1] else (0, distance)
            found.append(correlation(green, y, x, *step))
    return np.mean(found)


def correlation(green, y, x, down, right):
    return np.corrcoef(green[y, x], green[y + down, x + right])[0, 1]


def test_pools_differ_in_colour_from_all_else(scene):
    colours = mean_colours(scene)
    others = np.delete(colours, Cover.POOL - 1, axis=0)
    assert np.linalg.norm(others - colours[Cover.POOL - 1], axis=1).min() > 60


def test_pools_are_several_small_things(scene):
    pools, count = ndimage.label(scene.truth == Cover.POOL)
    assert count >= 5
    assert np.bincount(pools.ravel())[1:].max() < 600


def test_one_road_network_crosses_the_scene(scene):
    network, count = ndimage.label(scene.truth == Cover.ROAD)
    assert count == 1
    assert all(edge.any() for edge in (network[0], network[-1], network[:, 0], network[:, -1]))


@pytest.mark.parametrize("shape", [(64, 64), (64, 2000), (2000, 64)])
def test_roads_cross_narrow_scenes_too(shape):
    for seed in range(5):
        road = make_scene(shape, seed).truth == Cover.ROAD
        network, count = ndimage.label(road)
        assert count == 1
        assert all(edge.any() for edge in (network[0], network[-1], network[:, 0], network[:, -1]))


def test_roads_are_15_to_25_pixels_wide(scene):
    # Twice the distance to the verge, along the middle lines.
    reach = ndimage.distance_transform_edt(np.pad(scene.truth == Cover.ROAD, 40, mode="edge"))[40:-40, 40:-40]
    middle = (reach == ndimage.maximum_filter(reach, 9)) & (reach > 4)
    low, high = np.percentile(2 * reach[middle], [2, 90])
    assert low >= 14
    assert high <= 26


def test_water_is_dark_and_smooth_with_one_curved_shore(scene):
    water = ndimage.binary_erosion(scene.truth == Cover.WATER, iterations=6)
    calm = scene.image[:, water].astype(float)
    assert calm.mean() < 75
    green = scene.image[1].astype(float)
    rough = np.abs(np.diff(green, axis=1))
    assert rough[water[:, 1:]].mean() < 0.5 * rough[(scene.truth == Cover.TREES)[:, 1:]].mean()
    # A straight shore would be as thin as a line in one direction.
    shore = water ^ ndimage.binary_dilation(water)
    y, x = np.nonzero(shore)
    assert np.ptp(y) > 200
    assert np.ptp(x) > 200


def test_trees_cast_shadows(scene):
    trees = scene.truth == Cover.TREES
    meadow = scene.truth == Cover.MEADOW
    # West of a crown, away from the sun.
    west = meadow & np.roll(trees, -8, axis=1) & ~trees
    east = meadow & np.roll(trees, 8, axis=1) & ~trees & ~west
    assert scene.image[:, west].mean() < 0.8 * scene.image[:, east].mean()


def test_nothing_is_flat_and_little_is_saturated(scene):
    for cover in Cover:
        # A pixel's neighbour is another grey, even on water.
        green = scene.image[1][scene.truth == cover].astype(int)
        assert np.mean(np.diff(green) != 0) > 0.7, cover
    assert np.mean((scene.image == 0) | (scene.image == 255)) < 0.002


def test_larger_scenes_have_more_of_all_and_take_time_in_proportion():
    make_scene((200, 200))
    start = time.process_time()
    scene = make_scene((1000, 1000))
    assert time.process_time() - start < 3
    houses, narrow = (ndimage.label(it.truth == Cover.ROOF)[1] for it in (scene, make_scene((1000, 300))))
    assert houses > narrow


@pytest.mark.parametrize("shape", [(63, 100), (100, 63), (0, 64)])
def test_too_small_is_refused(shape):
    with pytest.raises(ValueError, match="at least 64"):
        make_scene(shape)
