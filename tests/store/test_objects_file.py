import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.components import Components
from pipeline.grid import Grid
from pipeline.stitch.objects import Ground
from pipeline.store.objects import ObjectTable, load_objects


@st.composite
def maps(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    ground = Ground(*rng.uniform(0.5, 2, (3, shape[0])))
    return rng.integers(0, 4, shape), rng.integers(0, 255, (draw(st.sampled_from([0, 1, 3])), *shape)), ground


def filled(path, labels, image, ground, size):
    shape, components = labels.shape, Components(labels.shape[1])
    boxes = [(tile.write, tile.write.slices(Grid(shape, 1, 0).scene)) for tile in Grid(shape, size, 0)]
    parts = [components.add(box, labels[cut], labels[cut] > 0) for box, cut in boxes]
    found = components.finish()
    table, objects = ObjectTable(path, found.numbers, len(image), ground, shape[1]), np.zeros(shape, int)
    for (box, cut), part in zip(boxes, parts, strict=True):
        objects[cut] = table.add(box, part, found.of(part), image[:, *cut])
    table.close()
    return objects, load_objects(path)


def sides(objects, name, ground):
    """Walk along every pixel's sides."""
    total, padded = 0.0, np.pad(objects, 1)
    for row, column in np.argwhere(padded == name):
        across, down = ground.widths[row - 1], ground.heights[row - 1]
        total += down * sum(padded[row, beside] != name for beside in (column - 1, column + 1))
        total += across * (padded[row - 1, column] != name)
        # A lower side is as long as the row below is wide; along the raster's edge, as its own.
        below = ground.widths[min(row, len(ground.widths) - 1)]
        total += below * (padded[row + 1, column] != name)
    return total


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(maps(), st.integers(1, 13))
def test_a_table_filled_box_by_box_describes_the_whole(tmp_path, drawn, size):
    labels, image, ground = drawn
    objects, rows = filled(tmp_path / "objects.npy", labels, image, ground, size)
    assert len(rows) == objects.max() + 1
    for name in range(1, len(rows)):
        here = objects == name
        assert rows["pixels"][name] == here.sum()
        assert rows["class"][name] == labels[here][0]
        assert rows["area"][name] == pytest.approx((ground.areas[:, None] * here).sum())
        assert rows["sums"][name] == pytest.approx(image[:, here].sum(1))
        assert rows["squares"][name] == pytest.approx((image[:, here].astype(float) ** 2).sum(1))
        assert rows["perimeter"][name] == pytest.approx(sides(objects, name, ground))
    assert rows["pixels"][0] == 0
    assert rows.dtype.itemsize <= 100
