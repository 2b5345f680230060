import numpy as np
import shapely

from pipeline.stitch.rings import put_together, take_apart


def test_polygons_come_back_with_their_holes():
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)], [(4, 4), (5, 4), (5, 5)]])
    polygons = np.array([shapely.box(0, 0, 1, 1), holed], dtype=object)
    places, rings, owners = take_apart(polygons)
    assert rings.tolist() == [0, 5, 10, 14, 18]
    assert owners.tolist() == [0, 1, 4]
    assert shapely.equals_exact(put_together(places, rings, owners), polygons).all()


def test_no_polygons_are_none():
    places, rings, owners = take_apart(np.zeros(0, dtype=object))
    assert places.shape == (0, 2)
    assert put_together(places, rings, owners).shape == (0,)
