import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import pipeline.measure.contingency as module
from pipeline.grid import Grid
from pipeline.measure.contingency import Contingency
from pipeline.pairs import count_pairs

TOP = 2**32 - 1


@st.composite
def maps(draw):
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    labels = draw(hnp.arrays(np.uint32, shape, elements=st.sampled_from([0, 1, 2, 3, TOP - 1, TOP])))
    truth = draw(hnp.arrays(np.int16, shape, elements=st.integers(-1, 3)))
    return labels, truth


@given(maps(), st.integers(1, 6))
def test_windows_add_up_to_the_whole(both, size):
    labels, truth = both
    whole, parts = Contingency(ignore=(3, -1)), Contingency(ignore=(3, -1))
    whole.add(labels, truth)
    for tile in Grid(labels.shape, size, 0):
        cut = tile.write.slices(Grid(labels.shape, size, 0).scene)
        parts.add(labels[cut], truth[cut])
    keep = (labels > 0) & (truth >= 0) & (truth < 3)
    expected = count_pairs(labels[keep], truth[keep])
    assert np.array_equal(whole.table().pairs, expected)
    assert np.array_equal(parts.table().pairs, expected)


@given(maps(), maps())
def test_two_tables_merge(one, other):
    first, second, both = Contingency(), Contingency(), Contingency()
    first.add(*one)
    second.add(*other)
    both.add(*one)
    both.add(*other)
    before = second.table().pairs.copy()
    first.merge(second)
    assert np.array_equal(first.table().pairs, both.table().pairs)
    assert np.array_equal(second.table().pairs, before)


def test_memory_is_bounded_by_pairs(monkeypatch):
    monkeypatch.setattr(module, "_WAITING", 10)
    table = Contingency()
    for window in range(1000):
        table.add(np.arange(1, 5), np.arange(4))
        assert table._waiting <= 10
        assert window < 5 or len(table._sum) == 4
    assert table.table().pairs.tolist() == [[n, n - 1, 1000] for n in range(1, 5)]


def test_what_is_not_valid_is_left_out():
    table = Contingency()
    table.add(np.array([1, 1, 2]), np.array([0, 5, 5]), np.array([True, False, True]))
    assert table.table().pairs.tolist() == [[1, 0, 1], [2, 5, 1]]


def test_margins_and_matrix():
    table = Contingency()
    table.add(np.array([7, 7, 7, 9]), np.array([0, 255, 255, 255], np.uint8))
    table = table.table()
    assert table.labels.tolist() == [7, 9]
    assert table.classes.tolist() == [0, 255]
    assert table.label_pixels.tolist() == [3, 1]
    assert table.class_pixels.tolist() == [1, 3]
    assert table.pixels == 4
    assert table.matrix.toarray().tolist() == [[1, 0], [2, 1]]


def test_a_table_under_other_names_adds_up():
    table = Contingency()
    table.add(np.array([1, 2, 3, 3]), np.array([0, 1, 2, 2]))
    renamed = table.table().renamed(labels=np.array([0, 5, 5, 4]), classes=np.array([8, 8, 9]))
    assert renamed.pairs.tolist() == [[4, 9, 2], [5, 8, 2]]
    assert table.table().renamed().pairs.tolist() == table.table().pairs.tolist()


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(ValueError, match="one shape"):
        Contingency().add(np.ones((2, 2), int), np.ones((2, 1), int))
    with pytest.raises(ValueError, match="whole numbers"):
        Contingency().add(np.ones(2), np.ones(2, int))


def test_an_empty_table():
    table = Contingency().table()
    assert (table.pixels, len(table.labels), len(table.classes)) == (0, 0, 0)
