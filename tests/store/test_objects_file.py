import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.components import Components
from pipeline.grid import Grid
from pipeline.stitch.objects import Ground, tally
from pipeline.store.objects import ObjectTable, load_names, load_objects, save_names


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
    table, objects = ObjectTable(path, found.numbers, len(image)), np.zeros(shape, int)
    for (box, cut), part in zip(boxes, parts, strict=True):
        names = found.of(part.first, part.count)
        table.add(names, tally(part.inside, part.count, image[:, *cut], ground.rows(box.top, box.bottom)))
        objects[cut] = names[part.inside]
    table.close()
    return objects, load_objects(path)


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
    assert rows["pixels"][0] == 0
    assert rows.dtype.itemsize <= 100


def test_names_of_regions_are_kept(tmp_path):
    save_names(tmp_path / "names.npy", np.array([0, 3, 2**32 - 1]))
    found = load_names(tmp_path / "names.npy")
    assert found.dtype == np.uint32
    assert found.tolist() == [0, 3, 2**32 - 1]
