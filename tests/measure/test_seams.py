import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from pipeline.grid import Grid
from pipeline.measure.seams import count_changes, measure_seams, seam_excess


def reader(labels):
    """Give boxes of a map, and refuse those that do not lie within."""
    scene = Grid(labels.shape, 16, 0).scene

    def read(box):
        assert box.overlap(scene) == box
        return labels[box.slices(scene)]

    return read


def measured(labels, size, offset=(0, 0)):
    grid = Grid(labels.shape, size, 0, offset)
    return measure_seams(reader(labels), grid.row_edges, grid.column_edges)


def fields(shape, seed=0):
    """Make a map of irregular regions, some 10 px wide, of four labels."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 4)
    return (np.digitize(noise, np.quantile(noise, [0.25, 0.5, 0.75])) + 1).astype(np.uint8)


@st.composite
def maps(draw):
    """Draw a map, some of it nodata, and a grid over it."""
    shape = draw(st.integers(1, 150)), draw(st.integers(1, 150))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    labels = rng.integers(0, draw(st.integers(2, 5)), shape, dtype=np.uint8)
    size = draw(st.integers(16, 90))
    return labels, Grid(shape, size, 0, (draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))))


def counted(labels, edges, others):
    """Count by a plain loop over the pixels of every border that runs along the columns."""
    total = np.zeros(4, int)
    for edge in edges:
        for column in range(labels.shape[1]):
            here = labels[edge - 1 : edge + 1, column]
            if not here.all():
                continue
            total[:2] += here[0] != here[1], 1
            for line in (edge - 32, edge - 16, edge + 16, edge + 32):
                if not 0 < line < labels.shape[0] or any(abs(line - other) < 8 for other in others):
                    continue
                pair = labels[line - 1 : line + 1, column]
                if pair.all():
                    total[2:] += pair[0] != pair[1], 1
    return total


@settings(deadline=None, max_examples=25)
@given(maps())
def test_changes_are_those_of_a_loop_over_pixels(scene):
    labels, grid = scene
    rows, columns = grid.row_edges[1:-1], grid.column_edges[1:-1]
    expected = counted(labels, rows, rows) + counted(labels.T, columns, columns)
    assert count_changes(reader(labels), grid.row_edges, grid.column_edges).sum(axis=0).tolist() == expected.tolist()


@settings(deadline=None, max_examples=25)
@given(maps())
def test_a_turned_map_has_the_same_seams(scene):
    labels, grid = scene
    straight = count_changes(reader(labels), grid.row_edges, grid.column_edges)
    turned = count_changes(reader(labels.T), grid.column_edges, grid.row_edges)
    assert sorted(straight.tolist()) == sorted(turned.tolist())


def test_strips_do_not_show():
    """A border longer than what is read at once has a row for each piece of 128 px, the last one shorter."""
    labels = fields((100, 2500))
    pieces = count_changes(reader(labels), (0, 50, 100), (0, 2500))
    assert pieces[:, 1].tolist() == [128] * 19 + [2500 - 19 * 128]
    assert (pieces[:, 3] == 4 * pieces[:, 1]).all()


def test_a_map_that_knows_no_tiles_has_no_excess():
    seams = measured(fields((1200, 1500)), 256)
    low, high = seams.interval
    assert low < 1 < high
    assert low < seams.excess < high
    assert high - low < 0.7


def test_tiles_that_disagree_show():
    labels = fields((1200, 1500))
    for tile in Grid(labels.shape, 256, 0):
        labels[tile.write.slices(Grid(labels.shape, 256, 0).scene)] += 4 * ((tile.row + tile.column) % 2)
    seams = measured(labels, 256)
    assert seams.border_rate == 1
    assert seams.excess == pytest.approx(1 / seams.parallel_rate, rel=1e-3)
    assert seams.interval[0] > 3
    # Beside the borders nobody sees them.
    assert measured(labels, 256, (128, 128)).interval[0] < 1


def test_blocks_of_the_image_are_no_seams():
    """Where a map changes on every 16th line, as on the blocks of JPEG, a border among these lines does not show."""
    labels = fields((1200, 1500))
    labels[16 * np.arange(1, 75)] += 4
    assert measured(labels, 256, (0, 5)).interval[0] < 1 < measured(labels, 256, (0, 5)).interval[1]


def test_the_rate_counts_pixels_of_both_directions():
    labels = np.ones((64, 96), np.uint8)
    labels[32:, :48] = 2
    seams = measure_seams(reader(labels), (0, 32, 64), (0, 48, 96))
    assert seams.pixels == 96 + 64
    assert seams.border_rate == (48 + 32) / (96 + 64)
    assert (seams.parallel_rate, seams.excess, seams.interval) == (0, None, None)


def test_nodata_is_no_label():
    labels = fields((128, 128))
    labels[:, 60:] = 0
    seams = measured(labels, 64)
    assert seams.pixels == 60
    labels[62:66] = 0
    assert measured(labels, 64) is None


def test_one_tile_has_no_seams():
    assert measured(fields((128, 128)), 128) is None


def test_the_interval_does_not_vary_and_narrows_with_more_borders():
    labels = fields((3000, 3000))
    few, many = measured(labels, 1024), measured(labels, 300)
    assert measured(labels.copy(), 1024) == few
    assert many.interval[1] - many.interval[0] < few.interval[1] - few.interval[0]


def test_many_pieces_are_put_together():
    pieces = np.tile([[3, 10, 60, 200], [1, 10, 20, 200]], (5000, 1))
    seams = seam_excess(pieces)
    assert seams.excess == 1
    assert seams.interval == (1, 1)
    assert seams.pixels == 100_000
