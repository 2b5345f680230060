import pytest

from pipeline.stitch.colour_names import _CENTROIDS, colour_names

# What anyone calls them, though none of them stands in the table.
KNOWN = {
    (0, 0, 0): "black",
    (255, 255, 255): "white",
    (128, 128, 128): "grey",
    (230, 20, 30): "red",
    (10, 10, 240): "blue",
    (250, 240, 20): "yellow",
    (255, 140, 20): "orange",
    (150, 80, 60): "reddish brown",
    (60, 75, 50): "dark olive green",
    (34, 60, 30): "dark green",
    (110, 130, 80): "yellow green",
    (90, 180, 200): "light greenish blue",
    (95, 96, 94): "dark grey",
    (170, 210, 245): "light blue",
}


@pytest.mark.parametrize("colour", KNOWN, ids=KNOWN.get)
def test_a_colour_has_its_name(colour):
    assert colour_names([colour]) == (KNOWN[colour],)


def test_every_colour_of_the_table_has_its_own_name():
    for name, centroids in _CENTROIDS.items():
        colours = [tuple(bytes.fromhex(text)) for text in centroids.split()]
        assert colour_names(colours) == (name,) * len(colours)


def test_light_and_dark_are_so():
    ramp = colour_names([(value,) * 3 for value in range(256)])
    assert list(dict.fromkeys(ramp)) == ["black", "dark grey", "grey", "light grey", "white"]


def test_no_colours_have_no_names():
    assert colour_names([]) == ()
