import pytest

from pipeline.export.walk import boxes_of


@pytest.mark.parametrize(
    ("shape", "side"), [((500, 700), 1024), ((5000, 5000), 1024), ((8192, 8192), 2048), ((20_000, 20_000), 2048)]
)
def test_a_scene_of_any_size_has_boxes_for_all_workers(shape, side):
    boxes = boxes_of(shape)
    assert sum(box.pixels for box in boxes) == shape[0] * shape[1]
    assert max(max(box.shape) for box in boxes) <= side
    assert len(boxes) == -(-shape[0] // side) * -(-shape[1] // side)
