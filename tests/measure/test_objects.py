import numpy as np

from pipeline.measure.contingency import Table
from pipeline.measure.objects import ObjectBin, add_objects, count_objects

# Objects 1 and 2 of class 7, objects 3 of class 9.
VALUES = np.array([0, 7, 7, 9])
TABLE = Table(
    np.array(
        [
            [1, 1, 50],  # object 1: exactly half of it, in one piece
            [2, 1, 50],
            [2, 2, 1],  # object 2: a speck of something large
            [3, 3, 300],  # object 3: two pieces, of 0.45 and 0.45, and a rest elsewhere
            [4, 3, 300],
            [2, 3, 66],
        ]
    )
)


def test_objects_are_found_from_half_on():
    assert count_objects(TABLE, VALUES, 1.0, (10.0, 100.0)) == (
        ObjectBin(7, 0.0, objects=1, matched=0, united=0),
        ObjectBin(7, 10.0, objects=0, matched=0, united=0),
        ObjectBin(7, 100.0, objects=1, matched=1, united=1),
        ObjectBin(9, 0.0, objects=0, matched=0, united=0),
        ObjectBin(9, 10.0, objects=0, matched=0, united=0),
        ObjectBin(9, 100.0, objects=1, matched=0, united=1),
    )


def test_bins_are_of_ground_area():
    counts = count_objects(TABLE, VALUES, 0.09, (1.0, 9.0, 60.0))
    assert [(one.value, one.smallest) for one in counts if one.objects] == [(7, 0.0), (7, 9.0), (9, 9.0)]


def test_bins_of_scenes_add_up():
    first = count_objects(TABLE, VALUES, 1.0, (10.0,))
    second = (ObjectBin(7, 10.0, 3, 2, 2), ObjectBin(8, 0.0, 1, 0, 1))
    both = add_objects((*first, *second))
    assert ObjectBin(7, 10.0, 4, 3, 3) in both
    assert ObjectBin(8, 0.0, 1, 0, 1) in both
    assert sum(one.objects for one in both) == 7


def test_one_label_over_all_finds_nothing():
    table = Table(np.array([[1, 1, 40], [1, 2, 40], [1, 3, 200]]))
    assert [one.united for one in count_objects(table, np.array([0, 1, 1, 0]), 1.0, ()) if one.value == 1] == [0]


def test_no_object():
    assert count_objects(Table(np.zeros((0, 3), np.int64)), np.zeros(1, np.int64), 1.0, (10.0,)) == ()
