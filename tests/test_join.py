import numpy as np
import pytest
from scipy.ndimage import label as components

from pipeline.config import LevelsConfig
from pipeline.grid import Grid
from pipeline.join import join
from pipeline.meaning import Meaning
from pipeline.stitch.match import match_labels
from pipeline.stitch.overlap import contingency, same_segments
from pipeline.stitch.table import LabelTable
from pipeline.stitch.votes import majority
from pipeline.store.link import save_link
from pipeline.store.record import TileRecord, TileSummary, save_record
from pipeline.store.work import Work

COLOURS = np.array([[0, 0, 0], [0.2, 0.4, 0.6], [1.0, 0.0, 0.2], [0.4, 0.8, 0.0]])


def scene(seed, shape=(70, 90), noise=0.2):
    """Make fields of three classes, each of some connected segments, beside a corner of nodata that holds a tile."""
    rng = np.random.default_rng(seed)
    shape_in_fields = shape[0] // 10 + 1, shape[1] // 10 + 1
    classes = rng.integers(1, 4, shape_in_fields).repeat(10, axis=0).repeat(10, axis=1)[: shape[0], : shape[1]]
    segments, count = np.zeros(shape, np.int32), 0
    for value in range(1, 4):
        parts, found = components(classes == value)
        segments[parts > 0] = parts[parts > 0] + count
        count += found
    segments[:30, :40], classes[:30, :40] = 0, 0
    # Some pixels say something else than their segment.
    labels = np.where(rng.random(shape) < noise, rng.integers(1, 4, shape), classes)
    return classes, segments, np.where(segments > 0, labels, 0)


def finish(work, grid, segments, labels, *, seed=0, permute=True):
    """Write what finished tiles leave in the work directory, every tile with segment and label numbers of its own."""
    rng = np.random.default_rng(seed)
    known = {}
    for tile in grid:
        place = tile.read.slices(grid.scene)
        numbers, own = np.unique(segments[place], return_inverse=True)
        names = np.concatenate([[0], rng.permutation(len(numbers)) + 1])
        own = names[own.reshape(tile.read.shape) + (0 if 0 in numbers else 1)].astype(np.int32)
        order = np.concatenate([[0], rng.permutation(3) + 1]) if permute else np.arange(4)
        part = order[labels[place]]
        count = int(own.max()) + 1
        segment_labels = majority(contingency(own, part), count)
        inner = tile.write.slices(tile.read)
        voted = segment_labels[own[inner]]
        length = int(voted.max()) + 1
        pixels = np.bincount(voted.ravel(), minlength=length)
        pixels[0] = 0
        colours = COLOURS[np.argsort(order)][:length]
        summary = TileSummary(tile.row, tile.column, int((voted > 0).sum()), count - 1, int((pixels > 0).sum()))
        borders = np.zeros((length, length), int)
        table = LabelTable(
            pixels, colours * pixels[:, None], colours**2 * pixels[:, None], np.zeros((length, 3)), borders
        )
        votes = contingency(own[inner], part[inner])
        if permute:
            # As tiles do that have trained: a label without a segment has no class to vote for.
            known_label = np.concatenate([pixels, np.zeros(4, int)])[votes[:, 1]] > 0
            votes[:, 1] = np.where(known_label, votes[:, 1], segment_labels[votes[:, 0]])
        thumbnail = np.zeros((0, 0, 4), np.uint8)
        record = TileRecord(summary, own, own > 0, segment_labels, votes, table, thumbnail)
        save_record(work.record(tile), record, "run")
        known[tile.name] = own, segment_labels
    for first, second in grid.neighbours():
        overlap = first.read.overlap(second.read)
        parts = [known[tile.name][0][overlap.slices(tile.read)] for tile in (first, second)]
        seen = [known[tile.name][1][part] for tile, part in zip((first, second), parts, strict=True)]
        save_link(work.link(first, second), same_segments(*parts), contingency(*seen), "link")


def painted(joined, grid):
    result = np.zeros(grid.shape, np.uint16)
    for index, tile in enumerate(grid):
        result[tile.write.slices(grid.scene)] = joined.classes_of_tile(index)[tile.write.slices(tile.read)]
    return result


def meaning():
    return Meaning(
        (1, 2, 3),
        3,
        (0.0,) * 3,
        (1.0,) * 3,
        ("a", "b", "c"),
        ((1, 1, 1), (2, 2, 2), (3, 3, 3)),
        (0.1, 0.2, 0.3),
        (1, 0, 0),
        ((1, 2),),
    )


@pytest.mark.parametrize("seed", range(4))
def test_tiles_of_one_network_give_the_untiled_vote(tmp_path, seed):
    # So many that a part of a segment may have another majority than the whole.
    _, segments, labels = scene(seed, noise=0.8)
    grid, work = Grid(segments.shape, 25, 4), Work(tmp_path)
    finish(work, grid, segments, labels, seed=seed, permute=False)
    joined = join(work, grid, meaning(), LevelsConfig())
    expected = majority(contingency(segments, labels), int(segments.max()) + 1)[segments]
    assert np.array_equal(painted(joined, grid), expected)
    for index, tile in enumerate(grid):
        # Beyond its write box, too, a tile of one network has a class for all that is inside.
        assert np.array_equal(joined.classes_of_tile(index) > 0, segments[tile.read.slices(grid.scene)] > 0)
    assert joined.classes.names == ("a", "b", "c")
    assert joined.classes.colours == ((1, 1, 1), (2, 2, 2), (3, 3, 3))
    assert joined.classes.roughness == (0.1, 0.2, 0.3)


@pytest.mark.parametrize("seed", range(4))
def test_tiles_with_labels_of_their_own_give_the_same_map_up_to_names(tmp_path, seed):
    classes, segments, labels = scene(seed)
    grid, work = Grid(segments.shape, 25, 4), Work(tmp_path)
    finish(work, grid, segments, labels, seed=seed)
    joined = join(work, grid, None, LevelsConfig())
    result = painted(joined, grid)
    assert np.array_equal(result > 0, segments > 0)
    # Named by area, largest first, and shown in the mean colour of their pixels.
    order = np.argsort(-np.bincount(classes[classes > 0], minlength=4)[1:], kind="stable") + 1
    expected = majority(contingency(segments, labels), int(segments.max()) + 1)[segments]
    assert np.array_equal(result, np.concatenate([[0], np.argsort(order) + 1])[expected])
    assert joined.classes.names == ("class 1", "class 2", "class 3")
    assert np.array_equal(joined.classes.colours, np.rint(COLOURS[order] * 255))


def test_labels_are_matched_by_mean_and_spread(tmp_path, monkeypatch):
    seen = []

    def spy(tiles, agreements):
        seen.extend(tiles)
        return match_labels(tiles, agreements)

    monkeypatch.setattr("pipeline.join.match_labels", spy)
    values = np.random.default_rng(0).random((3, 50))
    borders = np.zeros((3, 3), int)
    table = LabelTable(np.array([0, 0, 50]), np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3)), borders)
    table.sums[2], table.squares[2] = values.sum(1), (values**2).sum(1)
    work, grid, empty = Work(tmp_path), Grid((5, 10), 20, 0), np.zeros((0, 3), np.int64)
    record = TileRecord(
        summary=TileSummary(0, 0, 50, 1, 1),
        segments=np.ones((5, 10), np.int32),
        valid=np.ones((5, 10), np.bool_),
        labels=np.array([0, 2], np.uint16),
        votes=empty,
        table=table,
        thumbnail=np.zeros((0, 0, 4), np.uint8),
    )
    save_record(work.record(grid[0]), record, "run")
    join(work, grid, None, LevelsConfig())
    assert seen[0].labels.tolist() == [2]
    assert seen[0].pixels.tolist() == [50]
    assert seen[0].descriptors[0] == pytest.approx([*values.mean(1), *values.std(1)])


@pytest.mark.parametrize("prior", [True, False])
def test_a_scene_without_a_valid_pixel(tmp_path, prior):
    nothing = np.zeros((30, 60), np.int32)
    grid, work = Grid(nothing.shape, 25, 4), Work(tmp_path)
    finish(work, grid, nothing, nothing)
    joined = join(work, grid, meaning() if prior else None, LevelsConfig())
    assert not painted(joined, grid).any()
    assert len(joined.classes) == (3 if prior else 0)


def test_one_tile_needs_no_links(tmp_path):
    _, segments, labels = scene(0)
    grid, work = Grid(segments.shape, 100, 4), Work(tmp_path)
    finish(work, grid, segments, labels)
    joined = join(work, grid, None, LevelsConfig())
    assert len(joined.linked) == 0
    result = painted(joined, grid)
    expected = majority(contingency(segments, labels), int(segments.max()) + 1)[segments]
    assert len(contingency(result, expected)) == 3
    assert np.array_equal(result > 0, expected > 0)
