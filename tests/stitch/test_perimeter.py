import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.box import Box
from pipeline.labelling import label_equal
from pipeline.raster.outlines import outlines
from pipeline.stitch.objects import Ground
from pipeline.stitch.perimeter import perimeters


@given(st.data(), st.booleans())
def test_an_outline_is_as_long_as_its_pixels_sides(data, level):
    shape = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    numbers = data.draw(hnp.arrays(np.uint8, shape, elements=st.integers(0, 4)))
    regions, _ = label_equal(numbers, numbers > 0)
    widths, heights = (np.arange(shape[0]) * (not level) + start for start in (1.0, 100.0))
    names, rings = outlines(Box(0, 0, *shape), regions)
    found = perimeters(rings, Ground(widths * heights, widths, heights))
    framed, expected = np.pad(regions, 1), np.zeros(regions.max() + 1)
    for row in range(1, shape[0] + 1):
        for column in range(1, shape[1] + 1):
            here = framed[row, column]
            for down, across, side in ((-1, 0, widths), (1, 0, widths), (0, -1, heights), (0, 1, heights)):
                if framed[row + down, column + across] != here:
                    # A side is as long as the row that it is the upper one of, or the last one's.
                    expected[here] += side[min(row - 1 + max(down, 0), shape[0] - 1)]
    assert sorted(names.tolist()) == list(range(1, len(expected)))
    assert np.allclose(found, expected[names])


def test_nothing_has_no_perimeters():
    nothing = np.zeros((2, 2), dtype=np.int32)
    _, rings = outlines(Box(0, 0, 2, 2), nothing)
    assert perimeters(rings, Ground.pixels(2)).tolist() == []
