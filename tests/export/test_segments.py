"""Number and outlines of pre-segments: the same whether a scene is one tile or many."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.export.segments import count_segments, outlines
from pipeline.grid import Grid
from pipeline.stitch.overlap import contingency, same_segments
from pipeline.stitch.table import LabelTable
from pipeline.store.link import save_link
from pipeline.store.record import TileRecord, TileSummary, save_record
from pipeline.store.work import Work


def store(folder, scene, size, halo):
    """Leave records and links of a known map (h, w), as a run does, with each tile's own numbers."""
    grid, work = Grid(scene.shape, size, halo), Work(folder)
    cut = {}
    for tile in grid:
        part = scene[tile.read.slices(grid.scene)]
        numbers = np.unique(part)
        ids = np.where(part > 0, np.searchsorted(numbers[numbers > 0], part) + 1, 0).astype(np.int32)
        cut[tile] = ids
        inner = ids[tile.write.slices(tile.read)]
        empty = LabelTable(
            np.zeros(2, np.int64), np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 3)), np.zeros((2, 2), np.int64)
        )
        labels = np.minimum(np.arange(ids.max() + 1), 1).astype(np.uint16)
        summary = TileSummary(tile.row, tile.column, 0, int(ids.max()), 1)
        votes = contingency(inner, labels[inner])
        record = TileRecord(summary, ids, ids > 0, labels, votes, empty, np.zeros((0, 0, 4), np.uint8))
        save_record(work.record(tile), record, "run")
    for first, second in grid.neighbours():
        overlap = first.read.overlap(second.read)
        pairs = (
            np.zeros((0, 2), np.int64)
            if overlap is None
            else same_segments(*(cut[tile][overlap.slices(tile.read)] for tile in (first, second)))
        )
        save_link(work.link(first, second), pairs, np.zeros((0, 3), np.int64), "link")
    return work, grid


def blobs(shape, seed):
    """Draw a map of contiguous segments and some nodata: the nearest of random points, in rectangles."""
    random = np.random.default_rng(seed)
    points = random.uniform(0, max(shape), (12, 2))
    rows, columns = np.indices(shape)
    distance = [abs(rows - row) + abs(columns - column) for row, column in points]
    scene = np.argmin(distance, axis=0) + 1
    scene[: shape[0] // 4, : shape[1] // 4] = 0
    return scene


def crossings(scene, step, zoom):
    """Outline a map as a whole, by loops."""
    cells = np.kron(scene[::step, ::step], np.ones((zoom, zoom), int))
    lines = np.zeros(cells.shape, bool)
    rows, columns = cells.shape
    for row in range(rows):
        for column in range(columns):
            right = column + 1 < columns and cells[row, column + 1] != cells[row, column]
            below = row + 1 < rows and cells[row + 1, column] != cells[row, column]
            lines[row, column] = right or below
    return lines


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    size=st.integers(8, 40),
    step=st.integers(1, 7),
    zoom=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_tiles_are_not_seen(tmp_path_factory, *, shape, size, step, zoom, seed):
    scene = blobs(shape, seed)
    work, grid = store(tmp_path_factory.mktemp("work"), scene, size, halo=7)
    assert np.array_equal(outlines(work, grid, step, zoom), crossings(scene, step, zoom))
    assert count_segments(work, grid) == len(np.unique(scene[scene > 0]))


@pytest.mark.parametrize("step", [1, 5])
def test_without_halo_a_tiles_last_line_has_no_outline(tmp_path, step):
    work, grid = store(tmp_path, np.ones((40, 40), int), 20, halo=0)
    assert not outlines(work, grid, step, zoom=1).any()
    # Nothing tells that the four parts are one.
    assert count_segments(work, grid) == 4


def test_nothing_valid_has_no_segments(tmp_path):
    work, grid = store(tmp_path, np.zeros((30, 50), int), 20, halo=4)
    assert count_segments(work, grid) == 0
    assert not outlines(work, grid, step=2, zoom=2).any()
