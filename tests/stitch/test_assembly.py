import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.components import Components
from pipeline.grid import Grid
from pipeline.raster.outlines import outlines
from pipeline.stitch.assembly import Assembly, straightened
from pipeline.stitch.rings import put_together


def objects_of(labels):
    whole = Box(0, 0, *labels.shape)
    components = Components(labels.shape[1])
    parts = components.add(whole, labels, labels > 0)
    return components.finish().of(parts.first, parts.count)[parts.inside]


def outlined(box, objects):
    names, rings = outlines(box, objects)
    return names, put_together(*rings)


def assembled(objects, size):
    assembly, found = Assembly(np.bincount(objects.ravel(), minlength=2)), {}
    for tile in Grid(objects.shape, size, 0):
        box = tile.write
        names, polygons = assembly.add(*outlined(box, objects[box.slices(Box(0, 0, *objects.shape))]), box)
        assert names.tolist() == sorted(names.tolist())
        assert not set(names.tolist()) & set(found)
        found |= dict(zip(names.tolist(), polygons, strict=True))
    assembly.finish()
    return found


@st.composite
def maps(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(0, draw(st.integers(2, 4)), (draw(st.integers(1, 15)), draw(st.integers(1, 15))))


@given(maps(), st.integers(1, 16))
def test_polygons_of_boxes_are_those_of_the_whole(labels, size):
    objects = objects_of(labels)
    expected = dict(zip(*(part.tolist() for part in outlined(Box(0, 0, *objects.shape), objects)), strict=True))
    found = assembled(objects, size)
    assert found.keys() == expected.keys() == set(np.unique(objects[objects > 0]).tolist())
    for name, polygon in found.items():
        assert polygon.is_valid
        assert polygon.equals(expected[name])
        # Not a corner more than GDAL gives to the whole.
        assert shapely.get_num_coordinates(polygon) == shapely.get_num_coordinates(expected[name])


@given(maps())
def test_polygons_cover_every_pixel_once(labels):
    objects = objects_of(labels)
    polygons = list(assembled(objects, 4).values())
    assert sum(polygon.area for polygon in polygons) == np.count_nonzero(objects)
    # With a corner at every pixel, sides that neighbours share are the same.
    assert shapely.coverage_is_valid(shapely.segmentize(polygons, 1))
    for name, polygon in assembled(objects, 4).items():
        rows, columns = np.nonzero(objects == name)
        assert shapely.contains_xy(polygon, columns + 0.5, rows + 0.5).all()


def test_a_part_that_never_comes_is_an_error():
    assembly = Assembly(np.array([0, 4]))
    names, _ = assembly.add(np.array([1]), np.array([shapely.box(0, 0, 2, 1)], dtype=object), Box(0, 0, 1, 2))
    assert not len(names)
    with pytest.raises(ValueError, match="1"):
        assembly.finish()


def test_a_side_has_two_corners():
    ragged = shapely.Polygon([(1, 0), (2, 0), (2, 1), (2, 2), (0, 2), (0, 0)])
    (plain,) = straightened(np.array([ragged], dtype=object))
    assert shapely.get_num_coordinates(plain) == 5
    assert plain.equals(shapely.box(0, 0, 2, 2))
