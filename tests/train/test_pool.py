from collections import Counter
from itertools import islice

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.train import crop_pool, make_pool


def picture(shape, bands=2, seed=0, segments=9, share=1.0):
    """Make an image of noise, with segment numbers that skip some, 0 outside."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(1, segments + 1, shape).astype(np.int32) * 3
    numbers[rng.random(shape) >= share] = 0
    return rng.random((bands, *shape)).astype(np.float32), numbers


def same_partition(dense, segments):
    """Tell whether both divide the pixels alike, 0 staying 0."""
    pairs = set(zip(dense.ravel().tolist(), segments.ravel().tolist(), strict=True))
    firsts, seconds = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    zeros = all((first == 0) == (second == 0) for first, second in pairs)
    return zeros and len(pairs) == len(firsts) == len(seconds)


def test_make_pool_fills_up_with_outside_and_renumbers():
    patches = [picture((4, 6)), picture((5, 3), seed=1, share=0.5), picture((1, 1), seed=2)]
    pool = make_pool(patches)
    assert pool.images.shape == (3, 2, 5, 6)
    assert pool.images.dtype == torch.float32
    for index, (image, segments) in enumerate(patches):
        rows, columns = segments.shape
        inside = pool.segments[index, :rows, :columns].numpy()
        assert np.array_equal(pool.images[index, :, :rows, :columns], image)
        assert same_partition(inside, segments)
        assert sorted(set(inside[inside > 0].tolist())) == list(range(1, inside.max() + 1))
        pool.images[index, :, :rows, :columns] = 0
        pool.segments[index, :rows, :columns] = 0
    assert not pool.images.any()
    assert not pool.segments.any()


@settings(deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(1, 30), st.integers(0, 2**32))
def test_patches_of_a_sparse_tile_hold_valid_pixels(rows, columns, side, seed):
    image, segments = picture((rows, columns), seed=seed, share=0.0)
    rng = np.random.default_rng(seed)
    segments[rng.integers(rows), rng.integers(columns)] = 7
    image[:, segments == 0] = 0
    pool = crop_pool(image, segments, side, 5, seed)
    whole = rows <= side and columns <= side
    assert pool.images.shape == (1 if whole else 5, 2, min(rows, side), min(columns, side))
    assert ((pool.segments > 0).sum((1, 2)) == 1).all()
    value = image[:, segments > 0][:, 0]
    for patch, inside in zip(pool.images.numpy(), (pool.segments > 0).numpy(), strict=True):
        assert np.array_equal(patch[:, inside][:, 0], value)


def test_patches_are_parts_of_the_tile():
    rows, columns = np.indices((40, 50))
    segments = (rows * 50 + columns + 1).astype(np.int32)
    image = np.stack([rows, columns]).astype(np.float32)
    pool = crop_pool(image, segments, 8, 30, seed=3)
    assert pool.images.shape == (30, 2, 8, 8)
    tops, lefts = pool.images[:, 0, 0, 0], pool.images[:, 1, 0, 0]
    for patch, top, left in zip(pool.images.int().tolist(), tops.int(), lefts.int(), strict=True):
        assert np.array_equal(patch, np.indices((8, 8)) + np.array([int(top), int(left)])[:, None, None])
    assert len(set(zip(tops.tolist(), lefts.tolist(), strict=True))) > 20
    again, other = crop_pool(image, segments, 8, 30, seed=3), crop_pool(image, segments, 8, 30, seed=4)
    assert torch.equal(again.images, pool.images)
    assert not torch.equal(other.images, pool.images)


def test_a_patch_lies_around_its_pixel():
    image, segments = picture((21, 30), share=0.0)
    segments[10, 12] = 1
    pool = crop_pool(image, segments, 5, 2, seed=0)
    assert torch.nonzero(pool.segments).tolist() == [[0, 2, 2], [1, 2, 2]]


def test_side_0_and_a_small_tile_give_the_whole_tile():
    image, segments = picture((12, 9))
    for side in (0, 12, 100):
        pool = crop_pool(image, segments, side, 5, seed=0)
        assert len(pool) == 1
        assert np.array_equal(pool.images[0], image)
        assert same_partition(pool.segments[0].numpy(), segments)
    assert crop_pool(image, segments, 11, 5, seed=0).images.shape == (5, 2, 11, 9)


def test_segments_are_counted_on_from_patch_to_patch():
    pool = make_pool([picture((4, 6), share=0.7), picture((4, 6), seed=1, segments=4), picture((2, 3), seed=2)])
    batch = pool.batch([2, 0, 1], "cpu")
    assert batch.indices.tolist() == [2, 0, 1]
    assert torch.equal(batch.images, pool.images[[2, 0, 1]])
    assert torch.equal(batch.valid[:, 0], pool.segments[[2, 0, 1]] > 0)
    numbers, before = [], 0
    for place, index in enumerate(batch.indices.tolist()):
        inside = batch.valid[place, 0]
        assert torch.equal(batch.segments[place][inside] - before, pool.segments[index][inside].long())
        numbers += batch.segments[place][inside].unique().tolist()
        before += int(pool.segments[index].max())
    assert numbers == list(range(1, batch.segment_count + 1))


def test_a_batch_of_valid_pixels_only_has_no_mask():
    pool = make_pool([picture((3, 3)), picture((3, 3), share=0.5)])
    assert pool.batch([0], "cpu").valid is None
    assert pool.batch([1], "cpu").valid is not None


def test_batches_are_all_patches_once():
    pool = make_pool([picture((2, 2), seed=seed) for seed in range(7)])
    assert [batch.indices.tolist() for batch in pool.batches(3, "cpu")] == [[0, 1, 2], [3, 4, 5], [6]]


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**32))
def test_every_patch_comes_up_once_a_round(count, size, seed):
    pool = make_pool([picture((1, 1))] * count)
    batches = list(islice(pool.shuffled(size, seed), 4 * count))
    width = min(size, count)
    assert all(len(set(batch)) == len(batch) == width for batch in batches)
    visits = [index for batch in batches for index in batch]
    for start in range(0, len(visits), count):
        assert set(visits[start : start + count]) == set(range(count))
    assert list(islice(pool.shuffled(size, seed), 4 * count)) == batches


def test_the_order_follows_from_the_seed():
    pool = make_pool([picture((1, 1))] * 20)
    orders = Counter(tuple(next(pool.shuffled(20, seed))) for seed in range(5))
    assert len(orders) == 5


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(0, 100))
def test_a_stride_thins_what_belongs_to_responses_only(stride, seed):
    pool = make_pool([picture((7, 9), seed=seed, share=0.6), picture((7, 9), seed=seed + 1, share=0.6)])
    every, thinned = pool.batch([1, 0], "cpu"), pool.batch([1, 0], "cpu", stride)
    assert torch.equal(thinned.images, every.images)
    assert torch.equal(thinned.valid, every.valid)
    assert thinned.segment_count == every.segment_count
    assert torch.equal(thinned.segments, every.segments[:, ::stride, ::stride])
    assert torch.equal(thinned.inside, every.valid[:, :, ::stride, ::stride])
    assert torch.equal(every.inside, every.valid)


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 100))
def test_parts_are_squares_of_their_patches(side, seed):
    patches = [picture((7, 9), seed=seed + turn, share=0.8) for turn in range(3)]
    pool = make_pool(patches, [segments * 2 for _, segments in patches])
    parts = pool.parts([2, 0], side, np.random.default_rng(seed))
    rows, columns = (min(side or 99, length) for length in (7, 9))
    assert parts.images.shape == (2, 2, rows, columns)
    for part, index in enumerate([2, 0]):
        places = [
            (slice(top, top + rows), slice(left, left + columns))
            for top in range(8 - rows)
            for left in range(10 - columns)
        ]
        assert any(
            torch.equal(parts.images[part], pool.images[index][:, *place])
            and torch.equal(parts.segments[part], pool.segments[index][place])
            and torch.equal(parts.targets[part], pool.targets[index][place])
            for place in places
        )


def test_parts_lie_anywhere_and_follow_from_their_chance():
    pool = make_pool([picture((6, 6))])
    found = [pool.parts([0], 3, np.random.default_rng(seed)).images for seed in range(200)]
    again = pool.parts([0], 3, np.random.default_rng(7)).images
    assert len({one.numpy().tobytes() for one in found}) == 16
    assert torch.equal(again, found[7])
