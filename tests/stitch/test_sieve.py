import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import label

from pipeline.stitch.sieve import ObjectGraph, sieve


def graph_of(labels, image):
    """Describe the objects of a map (0 = outside), and number them in raster order."""
    found, count = np.zeros(labels.shape, int), 0
    for value in np.unique(labels[labels > 0]):
        parts, more = label(labels == value)
        found[parts > 0] = parts[parts > 0] + count
        count += more
    order = np.zeros(count + 1, int)
    order[list(dict.fromkeys(found[found > 0].tolist()))] = np.arange(1, count + 1)
    found = order[found]
    flat = found.ravel()
    pixels = np.bincount(flat, minlength=count + 1)[1:]
    sums = np.stack([np.bincount(flat, weights=band.ravel(), minlength=count + 1)[1:] for band in image], axis=1)
    classes = np.zeros(count, int)
    classes[flat[flat > 0] - 1] = labels.ravel()[flat > 0]
    pairs = [
        np.column_stack([one[differ], other[differ]])
        for one, other in ((found[1:], found[:-1]), (found[:, 1:], found[:, :-1]))
        for differ in [(one != other) & (one > 0) & (other > 0)]
    ]
    touching = np.concatenate(pairs) - 1
    return found, ObjectGraph(classes, pixels.astype(float), pixels, sums, touching, np.ones(len(touching), int))


def sieved_map(labels, image, smallest, contrast=0.0):
    found, graph = graph_of(labels, image)
    result = sieve(graph, smallest, contrast)
    classes = np.concatenate([[0], result.classes])[found]
    return classes, np.concatenate([[0], result.roots + 1])[found]


@st.composite
def maps(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shape = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return rng.integers(draw(st.integers(0, 1)), 5, shape), rng.random((draw(st.sampled_from([1, 3])), *shape))


@given(maps(), st.integers(1, 30))
def test_no_object_is_below_the_area_but_those_that_stand_alone(drawn, smallest):
    labels, image = drawn
    classes, objects = sieved_map(labels, image, smallest)
    assert np.array_equal(classes > 0, labels > 0)
    again, graph = graph_of(classes, image)
    # What is one object is one connected region of one class, and the other way round.
    pairs = np.unique(np.stack([again.ravel(), objects.ravel()]), axis=1)
    assert pairs.shape[1] == len(np.unique(again)) == len(np.unique(objects))
    alone = np.setdiff1d(np.arange(len(graph.areas)), graph.pairs)
    assert np.all(np.delete(graph.areas, alone) >= smallest)


@given(maps())
def test_nothing_happens_where_nothing_is_small(drawn):
    labels, image = drawn
    classes, _ = sieved_map(labels, image, 1)
    assert np.array_equal(classes, labels)


@given(maps(), st.integers(2, 20))
def test_numbers_of_classes_and_pairs_order_do_not_matter(drawn, smallest):
    labels, image = drawn
    classes, objects = sieved_map(labels, image, smallest)
    renamed = np.array([0, 40, 10, 30, 20])
    others, same = sieved_map(renamed[labels], image, smallest)
    # Objects are numbered by place, so a class's number decides nothing.
    assert np.array_equal(renamed[classes], others)
    assert np.array_equal(objects, same)


DARK, GREY, LIGHT, BLUE = [0.2, 0.2, 0.2], [0.4, 0.4, 0.4], [0.9, 0.9, 0.9], [0.1, 0.3, 0.9]


def picture(cells, colours):
    cells = np.array(cells)
    return cells, np.moveaxis(np.array([[0, 0, 0], *colours])[cells], -1, 0)


def test_it_joins_the_most_similar_neighbour_not_the_longest_border():
    labels, image = picture([[3, 3, 3, 3], [3, 2, 2, 3], [1, 1, 1, 1], [1, 1, 1, 1]], [DARK, GREY, LIGHT])
    classes, _ = sieved_map(labels, image, 3)
    assert classes[1, 1:3].tolist() == [1, 1]


def test_of_equal_colours_the_longest_border_counts_then_the_lowest_number():
    labels, image = picture([[1, 1, 1, 1], [3, 2, 3, 3], [3, 3, 3, 3]], [DARK, GREY, DARK])
    assert sieved_map(labels, image, 2)[0][1, 1] == 3
    labels, image = picture([[1, 1], [2, 2], [3, 3]], [DARK, GREY, DARK])
    image[:, 1] = 0.4
    grown, image = np.repeat(labels, [3, 1, 3], axis=0), np.repeat(image, [3, 1, 3], axis=1)
    assert sieved_map(grown, image, 3)[0][3].tolist() == [1, 1]


def test_what_it_brings_together_is_one_object():
    labels, image = picture([[1, 1, 2, 1, 1], [1, 1, 2, 1, 1]], [DARK, GREY])
    classes, objects = sieved_map(labels, image, 3)
    assert np.all(classes == 1)
    assert np.all(objects == 1)


def test_distinct_objects_are_kept_by_contrast():
    labels, image = picture([[1, 1, 1, 1], [1, 2, 3, 1], [1, 1, 1, 1]], [DARK, GREY, BLUE])
    classes, _ = sieved_map(labels, image, 2, contrast=40.0)
    assert classes[1].tolist() == [1, 1, 3, 1]
    assert sieved_map(labels, image, 2)[0][1].tolist() == [1, 1, 1, 1]


def test_small_ones_side_by_side_may_become_a_large_one():
    labels, image = picture([[1, 1, 1, 2, 3, 4]], [[0.1] * 3, [0.7] * 3, [0.72] * 3, [0.75] * 3])
    classes, _ = sieved_map(labels, image, 3)
    assert classes.tolist() == [[1, 1, 1, 3, 3, 3]]
