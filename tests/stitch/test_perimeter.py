import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.edges import Edges
from pipeline.grid import Grid
from pipeline.stitch.objects import Ground
from pipeline.stitch.perimeter import add_perimeters


@given(st.data(), st.integers(1, 9))
def test_boxes_add_up_to_the_sides_of_the_whole(data, size):
    shape = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    objects = data.draw(hnp.arrays(np.int32, shape, elements=st.integers(0, 4)))
    widths, heights = (np.arange(shape[0]) + start for start in (1.0, 100.0))
    ground, found, edges = Ground(widths * heights, widths, heights), np.zeros(5), Edges(shape[1])
    for tile in Grid(shape, size, 0):
        box = tile.write
        part = objects[box.top : box.bottom, box.left : box.right]
        above, left = (edge.astype(np.int32) for edge in edges.before(box))
        last = box.bottom == shape[0], box.right == shape[1]
        add_perimeters(found, part, (above, left), ground.rows(box.top, box.bottom), last=last)
        edges.put(box, part[-1], part[:, -1])
    framed, expected = np.pad(objects, 1), np.zeros(5)
    for row in range(1, shape[0] + 1):
        for column in range(1, shape[1] + 1):
            here = framed[row, column]
            for down, across, side in ((-1, 0, widths), (1, 0, widths), (0, -1, heights), (0, 1, heights)):
                if framed[row + down, column + across] != here:
                    # A side is as long as the row that it is the upper one of, or the last one's.
                    expected[here] += side[min(row - 1 + max(down, 0), shape[0] - 1)]
    assert np.allclose(found[1:], expected[1:])
