import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import label

from pipeline.box import Box
from pipeline.components import Components
from pipeline.grid import Grid
from pipeline.pairs import count_pairs


@st.composite
def rasters(draw):
    shape = draw(st.tuples(st.integers(1, 14), st.integers(1, 14)))
    numbers = draw(hnp.arrays(np.int16, shape, elements=st.integers(-1, 2)))
    return numbers, draw(hnp.arrays(np.bool_, shape, elements=st.integers(0, 5).map(bool)))


def expected(numbers, valid):
    """Find components one number after the other."""
    found, count = np.zeros(numbers.shape, int), 0
    for number in np.unique(numbers):
        parts, more = label((numbers == number) & valid)
        found[parts > 0] = parts[parts > 0] + count
        count += more
    return found, count


@given(rasters(), st.integers(1, 15))
def test_components_of_tiles_are_those_of_the_whole(raster, size):
    numbers, valid = raster
    grid, names = Grid(numbers.shape, size, 0), np.zeros(numbers.shape, int)
    components = Components(numbers.shape[1])
    for tile in grid:
        cut = tile.write.slices(grid.scene)
        names[cut] = components.add(tile.write, numbers[cut], valid[cut]).names
    objects = components.finish()
    found, count = expected(numbers, valid)
    ours = objects.names[names]
    # Numbered by the first pixel in raster order.
    assert list(dict.fromkeys(ours[ours > 0].tolist())) == list(range(1, count + 1))
    # One to one, and nothing where nothing is valid.
    assert len(count_pairs(ours, found)) == count + bool((~valid).any())
    assert np.array_equal(ours > 0, found > 0)
    assert len(objects.numbers) == count + 1
    assert np.array_equal(objects.numbers[ours][valid], numbers[valid])


def test_a_spiral_through_many_tiles_is_one():
    raster = np.array([[1, 1, 1, 1, 1], [0, 0, 0, 0, 1], [1, 1, 1, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]])
    components = Components(5)
    for tile in Grid((5, 5), 2, 0):
        cut = tile.write.slices(Box(0, 0, 5, 5))
        components.add(tile.write, raster[cut], raster[cut] > 0)
    assert components.finish().numbers.tolist() == [0, 1]


def test_nothing_valid_is_no_object():
    components = Components(3)
    assert not components.add(Box(0, 0, 2, 3), np.ones((2, 3), int), np.zeros((2, 3), bool)).names.any()
    assert components.finish().numbers.tolist() == [0]
