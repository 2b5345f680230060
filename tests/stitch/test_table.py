import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.stitch.table import LabelTable, add_tables, describe_labels

LENGTH = 5
LABELS = arrays(np.uint16, st.tuples(st.integers(1, 7), st.integers(1, 7)), elements=st.integers(0, LENGTH - 1))


def describe(labels):
    rng = np.random.default_rng(0)
    image, texture = rng.random((2, *labels.shape), np.float32), rng.random((3, *labels.shape), np.float32)
    return image, texture, describe_labels(image, texture, labels, LENGTH)


@given(LABELS)
def test_sums_are_over_the_pixels_of_each_label(labels):
    image, texture, table = describe(labels)
    for label in range(1, LENGTH):
        here = labels == label
        assert table.pixels[label] == here.sum()
        assert table.sums[label] == pytest.approx(image[:, here].sum(1))
        assert table.squares[label] == pytest.approx((image[:, here] ** 2).sum(1), rel=1e-5)
        assert table.textures[label] == pytest.approx(texture[:, here].sum(1))
    assert not any(part[0].any() for part in (table.pixels, table.sums, table.squares, table.textures, table.borders))


@given(LABELS)
def test_borders_are_counted_by_hand(labels):
    _, _, table = describe(labels)
    expected = np.zeros((LENGTH, LENGTH), int)
    for (row, column), one in np.ndenumerate(labels):
        for beside in ((row + 1, column), (row, column + 1)):
            if beside[0] < labels.shape[0] and beside[1] < labels.shape[1]:
                other = labels[beside]
                if one != other and one and other:
                    expected[one, other] += 1
                    expected[other, one] += 1
    assert np.array_equal(table.borders, expected)


@given(LABELS, arrays(np.int64, LENGTH, elements=st.integers(0, 3)))
def test_tables_under_new_names_are_those_of_the_renamed_labels(labels, names):
    names[0] = 0
    image, texture, table = describe(labels)
    found = add_tables([(table, names), (table, names)], 4, 2)
    expected = describe_labels(image, texture, names[labels], 4)
    for part in LabelTable.__dataclass_fields__:
        assert getattr(found, part) == pytest.approx(2 * getattr(expected, part)), part


def test_no_tables_are_an_empty_one():
    table = add_tables([], 3, 2)
    assert table.pixels.tolist() == [0, 0, 0]
    assert table.sums.shape == (3, 2)
    assert table.textures.shape == (3, 3)
    assert table.borders.shape == (3, 3)
