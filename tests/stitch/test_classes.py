import numpy as np

from pipeline.stitch.classes import Classes, Lookups, describe_classes
from pipeline.stitch.table import LabelTable


def table(sums, pixels, gradients=None):
    """Give the table of classes 1 to n."""
    rows, textures = np.vstack([np.zeros((1, np.shape(sums)[1])), sums]), np.zeros((len(pixels) + 1, 3))
    textures[1:, 0] = 0 if gradients is None else gradients
    textures[1:, 1:] = 77
    borders = np.zeros((len(rows), len(rows)), np.int64)
    return LabelTable(np.array([0, *pixels]), rows, rows**2, textures, borders)


def test_classes_have_names_mean_colours_and_roughness():
    classes = describe_classes(table([[2.0, 1.0, 0.0, 9.0], [0.5, 0.5, 0.5, 0.0]], [2, 1], [0.3, 1 / 3]))
    assert classes == Classes(("class 1", "class 2"), ((255, 128, 0), (128, 128, 128)), (0.15, 0.33333))
    assert len(classes) == 2


def test_few_bands_make_grey():
    assert describe_classes(table([[0.4], [0.6]], [2, 1])).colours == ((51, 51, 51), (153, 153, 153))


def test_a_class_without_pixels_is_black_and_smooth():
    assert describe_classes(table(np.zeros((1, 3)), [0])) == Classes(("class 1",), ((0, 0, 0),), (0.0,))
    assert len(describe_classes(table(np.zeros((0, 3)), []))) == 0


def test_labels_are_classes_or_are_looked_up():
    classes = Classes(("a", "b"), ((0, 0, 0), (1, 1, 1)))
    labels = np.array([0, 2, 1, 2])
    assert Lookups(classes, None).of(5, labels).tolist() == [0, 2, 1, 2]
    tables = [np.array([0, 1, 2]), np.array([0, 2, 1])]
    assert Lookups(classes, tables).of(0, labels).tolist() == [0, 2, 1, 2]
    assert Lookups(classes, tables).of(1, labels).tolist() == [0, 1, 2, 1]
    # What stands in the halo alone has no class.
    assert Lookups(classes, tables).of(1, np.array([3, 2, 900])).tolist() == [0, 1, 0]
