import numpy as np
from skimage.color import rgb2lab

from pipeline.export.palette import apart


def nearest(colours):
    """Return the least distance in Lab between any two."""
    places = rgb2lab(np.array(colours, dtype=float)[None] / 255)[0]
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    return distances[~np.eye(len(places), dtype=bool)].min()


def test_colours_are_well_apart_from_each_other_and_from_the_page():
    page = [(255, 255, 255), (0, 0, 0)]
    # Beyond 10 two colours are told apart without a look to and fro.
    for count, least in ((2, 90), (8, 60), (16, 40), (32, 25), (255, 10)):
        colours = apart(count)
        assert len(colours) == count
        assert nearest([*page, *colours]) > least


def test_fewer_classes_have_the_first_colours():
    assert apart(40)[:7] == apart(7)
    assert apart(0) == ()


def test_what_nobody_tells_apart_comes_again():
    many = apart(600)
    assert many[256:512] == many[:256]
    assert len(set(many)) == 256
