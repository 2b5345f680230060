import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.raster.mosaic import mosaic
from pipeline.raster.open import open_source
from pipeline.raster.sample import sample_windows
from pipeline.raster.source import Piece, read


@pytest.fixture
def make_scene(make_raster):
    """Give a function that makes a scene of which only a mask's pixels are valid."""

    def make(valid, name="scene.tif"):
        pixels = np.where(valid, np.arange(valid.size).reshape(valid.shape) % 60000 + 1, 0).astype(np.uint16)
        return open_source(make_raster(pixels[None], name=name, nodata=0, compress="deflate"), InputConfig())

    return make


def boxes_of(source, size, count, seed):
    return [box for box, _, _ in sample_windows([source], size, count, seed)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_windows_lie_within_have_the_size_and_hold_valid_pixels(make_scene, data):
    rows, columns = data.draw(st.integers(1, 90)), data.draw(st.integers(1, 90))
    share = data.draw(st.sampled_from([0.0, 0.001, 0.1, 1.0]))
    valid = np.random.default_rng(data.draw(st.integers(0, 99))).random((rows, columns)) < share
    size, count = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 12))
    source = make_scene(valid)
    samples = list(sample_windows([source], size, count, seed=1))
    assert len(samples) <= count
    assert bool(samples) == valid.any()
    for box, raw, is_valid in samples:
        assert box.overlap(source.spec.scene) == box
        assert box.shape == (min(size, rows), min(size, columns))
        assert is_valid.any()
        np.testing.assert_array_equal(is_valid, valid[box.slices(source.spec.scene)])
        np.testing.assert_array_equal(raw, read(source, box)[0])


def test_a_small_scene_is_one_window(make_scene):
    source = make_scene(np.ones((30, 40), dtype=bool))
    assert boxes_of(source, 128, 5, 0) == [Box(0, 0, 30, 40)]
    assert [box.shape for box in boxes_of(source, 35, 5, 0)] == [(30, 35)] * 2


def test_windows_follow_from_the_seed(make_scene):
    source = make_scene(np.ones((300, 300), dtype=bool))
    assert boxes_of(source, 32, 10, 3) == boxes_of(source, 32, 10, 3)
    assert boxes_of(source, 32, 10, 3) != boxes_of(source, 32, 10, 4)


def test_windows_are_spread_and_not_aligned(make_scene):
    source = make_scene(np.ones((640, 640), dtype=bool))
    boxes = boxes_of(source, 32, 100, 0)
    assert len(set(boxes)) == len(boxes) == 100
    quarters = {(box.top // 320, box.left // 320) for box in boxes}
    assert len(quarters) == 4
    assert len({box.top % 32 for box in boxes}) > 16
    assert len({box.left % 32 for box in boxes}) > 16


def test_a_round_is_read_from_top_to_bottom(make_scene):
    source = make_scene(np.ones((640, 640), dtype=bool))
    rows = [(box.top + 16) // 32 for box in boxes_of(source, 32, 50, 0)]
    assert all(after >= before - 1 for before, after in pairwise(rows))


def test_the_lone_valid_pixel_of_a_scene_is_found(make_scene):
    valid = np.zeros((1100, 1300), dtype=bool)
    valid[777, 1299] = True
    [box] = boxes_of(make_scene(valid), 16, 4, 0)
    assert box.top <= 777 < box.bottom
    assert box.right == 1300


def test_in_a_sparse_scene_windows_are_drawn_from_all_that_is_valid(make_scene):
    valid = np.zeros((1000, 1000), dtype=bool)
    # 40 of 10 000 cells, far fewer than eight tries for one window find.
    valid[::25, 5] = True
    found = {boxes_of(make_scene(valid), 10, 1, seed)[0].top for seed in range(8)}
    assert len(found) > 4


def test_a_scene_with_little_to_find_has_to_do_with_less(make_scene):
    valid = np.zeros((400, 400), dtype=bool)
    valid[:100, :100] = True
    boxes = boxes_of(make_scene(valid), 10, 40, 0)
    # 320 tries over 1600 cells, of which about a sixteenth are valid.
    assert 5 < len(boxes) < 40


def test_an_empty_scene_ends(make_scene):
    assert boxes_of(make_scene(np.zeros((2500, 2500), dtype=bool)), 16, 4, 0) == []


def test_files_put_together_give_the_windows_of_the_whole(make_scene):
    valid = np.random.default_rng(0).random((200, 300)) < 0.002
    whole = make_scene(valid)
    pieces = []
    for box in (Box(0, 0, 90, 300), Box(90, 0, 200, 140), Box(70, 120, 200, 300)):
        part = dataclasses.replace(whole, window=box, spec=whole.spec.windowed(box))
        pieces.append(Piece(box, part))
    expected = list(sample_windows([whole], 16, 20, seed=5))
    found = list(sample_windows([mosaic(pieces)], 16, 20, seed=5))
    assert [box for box, _, _ in found] == [box for box, _, _ in expected]
    for (_, raw, inside), (_, wanted, wanted_inside) in zip(found, expected, strict=True):
        np.testing.assert_array_equal(inside, wanted_inside)
        np.testing.assert_array_equal(raw[:, inside], wanted[:, inside])


def test_scenes_have_windows_in_proportion_to_what_is_valid(make_scene):
    """Of 600 x 600 px a scene has 30 x 30 cells, and 31 rows of moved windows hold a pixel of its upper half."""
    valid = np.zeros((600, 600), dtype=bool)
    valid[:300] = True
    half, full = make_scene(valid, "half.tif"), make_scene(np.ones((600, 620), dtype=bool), "full.tif")
    small = make_scene(np.ones((60, 60), dtype=bool), "small.tif")
    scenes = [half, full, small]
    assert len(list(sample_windows(scenes, 20, 10_000, seed=0))) == pytest.approx(450 + 930 + 9, abs=30)
    found = list(sample_windows(scenes, 20, 300, seed=0))
    counts = [0, 0, 0]
    for box, raw, _ in found:
        for place, scene in enumerate(scenes):
            if box.overlap(scene.spec.scene) == box and np.array_equal(read(scene, box)[0], raw):
                counts[place] += 1
                break
    assert sum(counts) == len(found) == 300
    assert 70 < counts[0] < 130
    assert 170 < counts[1] < 230


def test_no_window_is_wasted_on_gaps_between_files(make_scene):
    """Two small files at far corners of a mosaic."""
    lone = make_scene(np.ones((40, 40), dtype=bool))
    far = mosaic([Piece(Box(0, 0, 40, 40), lone), Piece(Box(39_960, 39_960, 40_000, 40_000), lone)])
    found = [box for box, _, _ in sample_windows([far], 20, 6, seed=0)]
    assert len(found) == 6
    assert {box.top < 100 for box in found} == {True, False}


def test_what_is_valid_is_searched_for_in_every_scene(make_scene):
    empty, sparse = np.zeros((700, 700), dtype=bool), np.zeros((900, 500), dtype=bool)
    sparse[877, 3] = True
    found = list(sample_windows([make_scene(empty, "empty.tif"), make_scene(sparse)], 8, 3, seed=0))
    assert [valid.sum() for _, _, valid in found] == [1]
