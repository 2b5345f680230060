from dataclasses import replace

import numpy as np

from pipeline.stitch.classes import Classes
from pipeline.stitch.levels import all_levels, coarser, take_level
from pipeline.stitch.tree import Tree

FINEST = Classes(("sand", "rock", "moss", "pool"), ((200, 100, 0), (100, 100, 100), (0, 50, 0), (0, 0, 255)))
TREE = Tree((0.4, 0.3, 0.2, 0.1), ((2, 3), (1, 4)))


def test_merged_classes_are_numbered_by_area_and_have_mean_colours():
    level = take_level(FINEST, TREE, 3)
    assert level.lookup.tolist() == [0, 2, 1, 1, 3]
    assert level.classes.names == ("class 1", "class 2", "class 3")
    assert level.classes.colours == ((60, 80, 60), (200, 100, 0), (0, 0, 255))
    assert level.pixels((5, 7, 11, 13)) == (18, 5, 13)


def test_merged_classes_have_the_mean_roughness_where_it_is_known():
    assert take_level(FINEST, TREE, 3).classes.roughness is None
    known = replace(FINEST, roughness=(0.2, 0.1, 0.04, 0.5))
    assert take_level(known, TREE, 3).classes.roughness == (0.076, 0.2, 0.5)
    assert take_level(known, TREE, 0).classes.roughness == known.roughness


def test_a_class_lies_in_one_class_of_every_coarser_level():
    three, two = take_level(FINEST, TREE, 3), take_level(FINEST, TREE, 2)
    assert coarser(three, two) == (2, 1, 1)
    for level in all_levels(FINEST, TREE):
        for other in all_levels(FINEST, TREE):
            if len(other.classes) <= len(level.classes):
                assert np.array_equal(np.array([0, *coarser(level, other)])[level.lookup], other.lookup)


def test_all_classes_keep_their_names():
    for count in (0, 4, 9):
        level = take_level(FINEST, TREE, count)
        assert level.classes is FINEST
        assert level.lookup.tolist() == [0, 1, 2, 3, 4]


def test_levels_are_those_of_two_to_all_classes():
    levels = all_levels(FINEST, TREE)
    assert [len(level.classes) for level in levels] == [2, 3, 4]
    for level in levels:
        assert np.array_equal(level.lookup, take_level(FINEST, TREE, len(level.classes)).lookup)
    assert all_levels(Classes(("a",), ((0, 0, 0),)), Tree((1.0,), ())) == []
    assert all_levels(Classes((), ()), Tree((), ())) == []


def test_a_class_without_pixels_has_a_colour():
    tree = Tree((1.0, 0.0, 0.0, 0.0), ((2, 3), (2, 4)))
    assert take_level(FINEST, tree, 2).classes.colours == ((200, 100, 0), (0, 0, 0))
