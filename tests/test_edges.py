import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.edges import Edges
from pipeline.grid import Grid


@given(st.integers(1, 13), st.integers(1, 13), st.integers(1, 14))
def test_every_tile_is_told_what_lies_above_and_left_of_it(rows, columns, size):
    raster = np.arange(1, rows * columns + 1).reshape(rows, columns)
    padded = np.pad(raster, ((1, 0), (1, 0)))
    edges = Edges(columns)
    for tile in Grid((rows, columns), size, 0):
        box = tile.write
        above, left = edges.before(box)
        assert np.array_equal(above, padded[box.top, box.left + 1 : box.right + 1])
        assert np.array_equal(left, padded[box.top + 1 : box.bottom + 1, box.left])
        values = raster[box.slices(Box(0, 0, rows, columns))]
        edges.put(box, values[-1], values[:, -1])


def test_a_second_pass_begins_with_nothing_above():
    edges = Edges(3)
    for _ in range(2):
        above, left = edges.before(Box(0, 0, 2, 3))
        assert not above.any()
        assert not left.any()
        edges.put(Box(0, 0, 2, 3), np.ones(3, int), np.ones(2, int))
