"""Which true objects a map shows, by their size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.contingency import Table
from pipeline.measure.iou import best_labels, best_unions

_HALF = 0.5


@dataclass(frozen=True)
class ObjectBin:
    """True objects of one class and size: connected components, of four neighbours, of the class.

    An object is found when its intersection over union with what is laid over it is at least one half, as in PASCAL
    VOC (Everingham et al., IJCV 2010). Over it are laid objects of the map, which are the connected components of its
    labels, so that neither a map of one label nor a label that is spread all over finds anything.
    """

    value: int
    """The class's number in the truth."""

    smallest: float
    """Least area of the bin; the next bin's is the bound above."""

    objects: int
    """Objects there are."""

    matched: int
    """Of them, those found by the best single object of the map."""

    united: int
    """Of them, those found by the best union of the map's objects: a roof in two labels is found thus. A map of
    specks finds all in this way, so read it beside the number of the map's objects."""


def count_objects(
    table: Table, values: NDArray[np.int64], pixel_area: float, edges: Sequence[float]
) -> tuple[ObjectBin, ...]:
    """Count true objects and those found, by class and size.

    Args:
        table: objects of the map against true objects.
        values: class by true object.
        pixel_area: of a pixel, in any unit.
        edges: rising areas in that unit, at which bins above the first begin.

    Returns:
        The bins of every class that has objects, in rising order, empty ones as well.
    """
    sizes = np.searchsorted(np.asarray(edges, dtype=np.float64), table.class_pixels * pixel_area, side="right")
    classes = values[table.classes]
    matched, united = best_labels(table).iou >= _HALF, best_unions(table).iou >= _HALF
    bins = []
    for value in np.unique(classes).tolist():
        for size, smallest in enumerate((0.0, *edges)):
            chosen = (classes == value) & (sizes == size)
            found = int((chosen & matched).sum()), int((chosen & united).sum())
            bins.append(ObjectBin(value, float(smallest), int(chosen.sum()), *found))
    return tuple(bins)


def add_objects(many: Iterable[ObjectBin]) -> tuple[ObjectBin, ...]:
    """Add up bins of the same class and size, as those of several scenes are."""
    sums: dict[tuple[int, float], tuple[int, int, int]] = {}
    for one in many:
        key = one.value, one.smallest
        objects, matched, united = sums.get(key, (0, 0, 0))
        sums[key] = objects + one.objects, matched + one.matched, united + one.united
    return tuple(ObjectBin(*key, *counts) for key, counts in sorted(sums.items()))
