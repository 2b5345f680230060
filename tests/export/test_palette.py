import numpy as np
from skimage.color import rgb2lab

from pipeline.export.palette import distinct_colours


def distances(colours):
    places = rgb2lab(np.array(colours, dtype=float)[None] / 255)[0]
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    return apart + 1e9 * np.eye(len(places))


def test_colours_are_far_apart_from_each_other_and_from_the_page():
    colours = distinct_colours(24)
    # A difference of 2.3 is just noticeable.
    assert distances(colours).min() > 15
    assert distances(colours[:8]).min() > 40
    assert distances([(255, 255, 255), (0, 0, 0), *colours])[:2].min() > 15


def test_fewer_classes_have_the_first_colours():
    assert distinct_colours(24)[:5] == distinct_colours(5)
    assert len(set(distinct_colours(255))) == 255
    assert distinct_colours(0) == ()
