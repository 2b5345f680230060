import numpy as np

from pipeline.stitch.classes import Classes, Lookups, describe_classes


def test_classes_have_names_and_mean_colours():
    classes = describe_classes(np.array([[2.0, 1.0, 0.0, 9.0], [0.5, 0.5, 0.5, 0.0]]), np.array([2, 1]))
    assert classes == Classes(("class 1", "class 2"), ((255, 128, 0), (128, 128, 128)))
    assert len(classes) == 2


def test_few_bands_make_grey():
    assert describe_classes(np.array([[0.4], [0.6]]), np.array([2, 1])).colours == ((51, 51, 51), (153, 153, 153))


def test_a_class_without_pixels_is_black():
    assert describe_classes(np.zeros((1, 3)), np.array([0])).colours == ((0, 0, 0),)
    assert len(describe_classes(np.zeros((0, 3)), np.zeros(0, np.int64))) == 0


def test_labels_are_classes_or_are_looked_up():
    classes = Classes(("a", "b"), ((0, 0, 0), (1, 1, 1)))
    labels = np.array([0, 2, 1, 2])
    assert Lookups(classes, None).of(5, labels).tolist() == [0, 2, 1, 2]
    tables = [np.array([0, 1, 2]), np.array([0, 2, 1])]
    assert Lookups(classes, tables).of(0, labels).tolist() == [0, 2, 1, 2]
    assert Lookups(classes, tables).of(1, labels).tolist() == [0, 1, 2, 1]
    # What stands in the halo alone has no class.
    assert Lookups(classes, tables).of(1, np.array([3, 2, 900])).tolist() == [0, 1, 0]
