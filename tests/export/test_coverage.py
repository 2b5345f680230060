from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.errors import OutputError
from pipeline.export.coverage import Coverage
from pipeline.grid import Grid
from pipeline.stitch.table import LabelTable
from pipeline.store.record import TileRecord, TileSummary, save_record
from pipeline.store.work import Work

SHAPE = (70, 90)


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """Give records of a scene's tiles, the grid and what is valid."""
    work, grid = Work(tmp_path_factory.mktemp("work")), Grid(SHAPE, 30, 7)
    valid = np.random.default_rng(0).random(SHAPE) < 0.7
    empty = LabelTable(np.zeros(1, int), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 3)), np.zeros((1, 1), int))
    for tile in grid:
        part = valid[tile.read.slices(grid.scene)]
        none = np.zeros((0, 3), int), empty, np.zeros((0, 0, 4), np.uint8)
        summary = TileSummary(tile.row, tile.column, 0, 0, 0)
        record = TileRecord(summary, part.astype(np.int32), part, np.zeros(1, np.uint16), *none)
        save_record(work.record(tile), record, "run")
    return work, grid, valid


EDGES = st.tuples(*(st.lists(st.integers(1, length - 1), max_size=4, unique=True).map(sorted) for length in SHAPE))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=EDGES, data=st.data())
def test_a_map_is_proven_however_it_is_cut_and_any_wrong_pixel_is_found(scene, edges, data):
    work, grid, valid = scene
    rows, columns = ([0, *inner, length] for inner, length in zip(edges, SHAPE, strict=True))
    boxes = [Box(top, left, bottom, right) for top, bottom in pairwise(rows) for left, right in pairwise(columns)]
    coverage = Coverage(work, grid)
    for box in boxes:
        coverage.prove(box, valid[box.slices(grid.scene)].astype(np.uint8))
    coverage.finish()
    row, column = (data.draw(st.integers(0, length - 1)) for length in SHAPE)
    wrong = valid.astype(np.uint8)
    wrong[row, column] = 1 - wrong[row, column]
    coverage = Coverage(work, grid)
    for box in boxes:
        part = wrong[box.slices(grid.scene)]
        if box.top <= row < box.bottom and box.left <= column < box.right:
            with pytest.raises(OutputError, match=f"rows {box.top} to {box.bottom}, columns {box.left}"):
                coverage.prove(box, part)
        else:
            coverage.prove(box, part)


def test_a_box_that_was_left_out_is_found(scene):
    work, grid, valid = scene
    coverage = Coverage(work, grid)
    coverage.prove(Box(0, 0, 70, 89), valid[:, :89].astype(np.uint8))
    with pytest.raises(OutputError, match="70 pixels of the map were not written"):
        coverage.finish()


def test_the_caller_may_know_better(scene):
    work, grid, valid = scene
    fewer = valid & (np.arange(90) < 40)
    coverage = Coverage(work, grid)
    coverage.prove(grid.scene, fewer.astype(np.uint8), fewer)
    with pytest.raises(OutputError):
        coverage.prove(grid.scene, fewer.astype(np.uint8))
