import numpy as np
from PIL import Image

from pipeline.export.animation import make_animation
from pipeline.stitch.levels import take_level


def test_every_level_has_a_frame_in_its_colours(finished_map):
    labels = np.kron(np.random.default_rng(1).integers(0, 6, (9, 11)), np.ones((4, 4), int))
    finished = finished_map(labels)
    make_animation(finished)
    with Image.open(finished.folder / "merge.gif") as picture:
        assert picture.n_frames == 4
        for place, count in enumerate((5, 4, 3, 2)):
            picture.seek(place)
            level = take_level(finished.finest.classes, finished.finest.tree, count)
            expected = np.array([(255, 255, 255), *level.classes.colours], np.uint8)[level.lookup[labels]]
            assert np.array_equal(np.asarray(picture.convert("RGB")), expected)
    first = (finished.folder / "merge.gif").read_bytes()
    make_animation(finished)
    assert (finished.folder / "merge.gif").read_bytes() == first


def test_one_class_has_nothing_to_merge(finished_map):
    finished = finished_map(np.ones((8, 9), int))
    make_animation(finished)
    assert not (finished.folder / "merge.gif").exists()


def test_levels_that_no_palette_holds_have_no_frame(finished_map, monkeypatch):
    monkeypatch.setattr("pipeline.export.animation._MOST_CLASSES", 3)
    finished = finished_map(np.kron(np.random.default_rng(1).integers(0, 6, (9, 11)), np.ones((4, 4), int)))
    make_animation(finished)
    with Image.open(finished.folder / "merge.gif") as picture:
        assert picture.n_frames == 2
