"""What the polygons of objects tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.stitch.levels import Level

Attributes = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Describer:
    """Turns rows of the table of objects into attributes."""

    titles: tuple[str, ...]
    """Of the classes, class 1 first."""

    coarser: tuple[tuple[int, NDArray[np.int64]], ...]
    """Numbers of classes of other levels, and the class (n + 1,) there of each class."""

    bands: tuple[int, ...]
    """As they are counted in the file; empty where the table tells of none."""

    metric: bool
    """Whether areas and perimeters are in metres."""

    def describe(self, names: NDArray[np.int64], rows: NDArray[np.void]) -> Attributes:
        """Return the attributes of objects.

        Args:
            names: (n,) numbers of the objects.
            rows: (n,) of `object_type`.

        Returns:
            (n,) each: object, class, class_name, the class at every coarser level, pixels, area and perimeter (named by
            their unit), compactness (4 pi area / perimeter^2, Polsby and Popper 1991: 1 for a disc, .79 for a square),
            and mean and standard deviation of every band in the file's own values.
        """
        classes, pixels = rows["class"].astype(np.int64), rows["pixels"]
        area, perimeter = rows["area"], rows["perimeter"]
        found: Attributes = {
            "object": names.astype(np.int64),
            "class": classes.astype(np.int32),
            "class_name": np.array(["", *self.titles], dtype=object)[classes],
        }
        found |= {f"class_{count}": lookup[classes].astype(np.int32) for count, lookup in self.coarser}
        found["pixels"] = pixels.astype(np.int64)
        found["area_m2" if self.metric else "area_px"] = area.astype(np.float64)
        found["perimeter_m" if self.metric else "perimeter_px"] = perimeter.astype(np.float64)
        found["compactness"] = 4 * np.pi * area / perimeter**2
        for place, band in enumerate(self.bands):
            mean = rows["sums"][:, place] / pixels
            # Rounding may leave a little less than nothing.
            variance = np.maximum(rows["squares"][:, place] / pixels - mean**2, 0)
            found[f"mean_{band}"], found[f"std_{band}"] = mean, np.sqrt(variance)
        return found


def coarser_levels(level: Level, others: Sequence[Level]) -> tuple[tuple[int, NDArray[np.int64]], ...]:
    """Return the class at levels of fewer classes of each class of a level.

    Args:
        level: the classes.
        others: of the same tree; those that are not coarser are passed over.
    """
    found = []
    for other in others:
        if len(other.classes) < len(level.classes):
            lookup = np.zeros(len(level.classes) + 1, dtype=np.int64)
            lookup[level.lookup] = other.lookup
            found.append((len(other.classes), lookup))
    return tuple(found)
