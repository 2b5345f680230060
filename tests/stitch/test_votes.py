import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label as components

from pipeline.grid import Grid
from pipeline.stitch.overlap import contingency, same_segments
from pipeline.stitch.votes import keys, keys_of_tile, majority, split_keys, vote_together

VOTES = st.lists(st.tuples(st.integers(0, 8), st.integers(1, 6), st.integers(1, 4)), max_size=40)


def table(votes):
    return np.array(votes, dtype=np.int64).reshape(-1, 3)


def plain_majority(votes, length):
    """Count the votes of one segment after the other; the lowest label of equals wins."""
    winners = []
    for segment in range(length):
        counts = {}
        for voter, label, pixels in votes:
            if voter == segment:
                counts[label] = counts.get(label, 0) + pixels
        winners.append(min(counts, key=lambda label: (-counts[label], label)) if counts else 0)
    return winners


@given(VOTES)
def test_majority_is_that_of_a_loop_over_segments(votes):
    winners = majority(table(votes), 9)
    assert winners.dtype == np.uint16
    assert winners.tolist() == plain_majority(votes, 9)


def test_majority_counts_pixels_not_votes():
    votes = [(1, 5, 10), (1, 2, 4), (1, 2, 4), (2, 9, 3), (2, 4, 1), (2, 4, 2)]
    assert majority(table(votes), 4).tolist() == [0, 5, 4, 0]
    assert majority(table([]), 2).tolist() == [0, 0]


@given(st.integers(0, 2**30), st.lists(st.integers(0, 2**31 - 1)))
def test_names_are_tile_and_segment(tile, segments):
    segments = np.array(segments, dtype=np.int64)
    names = keys(tile, segments)
    tiles, back = split_keys(names)
    assert (tiles == tile).all()
    assert np.array_equal(back, segments)
    first, last = keys_of_tile(tile)
    assert ((first <= names) & (names < last)).all()
    assert keys_of_tile(tile + 1)[0] == last


def test_linked_segments_vote_as_one():
    # A chain 1 - 2 - 3, a pair 5 - 6, and 9 on its own.
    links = np.array([[2, 1], [2, 3], [6, 5]])
    voters, votes = np.array([1, 2, 3, 3, 9, 5]), np.array([[1, 4], [2, 3], [2, 2], [1, 0], [7, 9], [3, 1]])
    names, labels = vote_together(links, voters, votes)
    assert names.tolist() == [1, 2, 3, 5, 6]
    assert labels.tolist() == [2, 2, 2, 3, 3]


def test_a_group_without_votes_has_no_label():
    names, labels = vote_together(np.array([[1, 2]]), np.array([3]), np.array([[4, 5]]))
    assert (names.tolist(), labels.tolist()) == ([1, 2], [0, 0])
    names, labels = vote_together(np.array([[1, 2]]), np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
    assert labels.tolist() == [0, 0]


def test_nothing_linked():
    names, labels = vote_together(np.zeros((0, 2), np.int64), np.array([3]), np.array([[4, 5]]))
    assert len(names) == len(labels) == 0


def test_a_link_told_many_times_is_one_link():
    links = np.array([[1, 2]] * 256)
    assert vote_together(links, np.array([1]), np.array([[4, 5]]))[1].tolist() == [4, 4]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1), VOTES)
def test_groups_are_the_connected_components(pairs, votes):
    votes = table(votes)
    names, labels = vote_together(np.array(pairs), votes[:, 0], votes[:, 1:])
    group = {name: name for pair in pairs for name in pair}
    for _ in range(len(group)):
        for first, second in pairs:
            group[first] = group[second] = min(group[first], group[second])
    assert names.tolist() == sorted(group)
    voted = [(group[voter], label, pixels) for voter, label, pixels in votes.tolist() if voter in group]
    expected = plain_majority(voted, 10)
    assert labels.tolist() == [expected[group[name]] for name in names.tolist()]


@st.composite
def scenes(draw):
    """Draw a scene of connected segments, some of it outside, a grid over it with a halo, and a class per pixel."""
    shape = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    coarse = rng.integers(0, 4, (shape[0] // 3 + 1, shape[1] // 3 + 1)).repeat(3, axis=0).repeat(3, axis=1)
    values = np.where(rng.random(shape) < 0.1, rng.integers(0, 4, shape), coarse[: shape[0], : shape[1]])
    segments, count = np.zeros(shape, np.int32), 0
    for value in range(1, 4):
        parts, found = components(values == value)
        segments[parts > 0] = parts[parts > 0] + count
        count += found
    grid = Grid(shape, draw(st.integers(3, 12)), draw(st.integers(1, 6)))
    return segments, count, grid, rng


def renamed(rng, part, count):
    """Give the segments of one tile other numbers."""
    names = np.concatenate([[0], rng.permutation(count) + 1]).astype(np.int32)
    return names[part]


def joined(tiles, grid, labels):
    """Link tiles, let segments vote, and put the label of every segment back where it lies in a write box."""
    numbers = {(tile.row, tile.column): index for index, tile in enumerate(grid)}
    links, voters, votes = [np.zeros((0, 2), np.int64)], [], []
    for first, second in grid.neighbours():
        overlap = first.read.overlap(second.read)
        ends = [numbers[tile.row, tile.column] for tile in (first, second)]
        parts = [tiles[end][overlap.slices(tile.read)] for end, tile in zip(ends, (first, second), strict=True)]
        same = same_segments(*parts)
        links.append(np.column_stack([keys(ends[0], same[:, 0]), keys(ends[1], same[:, 1])]))
    for index, tile in enumerate(grid):
        found = contingency(tiles[index][tile.write.slices(tile.read)], labels[tile.write.slices(grid.scene)])
        voters.append(keys(index, found[:, 0]))
        votes.append(found[:, 1:])
    voters, votes = np.concatenate(voters), np.concatenate(votes)
    linked, chosen = vote_together(np.concatenate(links), voters, votes)
    result = np.zeros(grid.shape, np.uint16)
    for index, tile in enumerate(grid):
        part = tiles[index][tile.write.slices(tile.read)]
        own = voters >> 32 == index
        lookup = majority(np.column_stack([voters[own] & 0xFFFFFFFF, votes[own]]), int(tiles[index].max()) + 1)
        first, last = np.searchsorted(linked, keys_of_tile(index))
        lookup[split_keys(linked[first:last])[1]] = chosen[first:last]
        result[tile.write.slices(grid.scene)] = lookup[part]
    return result


@settings(deadline=None)
@given(scenes())
def test_a_map_cut_into_tiles_comes_back(scene):
    """Every pixel votes for its segment's own number: all tiles must agree on it then, and no two may share one."""
    segments, count, grid, rng = scene
    tiles = [renamed(rng, segments[tile.read.slices(grid.scene)], count) for tile in grid]
    assert np.array_equal(joined(tiles, grid, segments), segments)


@settings(deadline=None)
@given(scenes())
def test_tiles_do_not_change_the_vote(scene):
    """Pixels vote at random: a segment of many tiles gets what it would get untiled, every pixel counting once."""
    segments, count, grid, rng = scene
    tiles = [renamed(rng, segments[tile.read.slices(grid.scene)], count) for tile in grid]
    labels = np.where(segments > 0, rng.integers(1, 4, grid.shape), 0)
    expected = majority(contingency(segments, labels), count + 1)[segments]
    assert np.array_equal(joined(tiles, grid, labels), expected)
