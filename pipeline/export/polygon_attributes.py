"""What the polygons of objects tell."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Attributes = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Describer:
    """Turns rows of the table of objects into attributes."""

    titles: tuple[str, ...]
    """Of the classes, class 1 first."""

    coarser: tuple[tuple[int, tuple[int, ...]], ...]
    """The number of classes of each coarser level, and the class there of each class, class 1 first."""

    bands: tuple[int, ...]
    """As they are counted in the file; empty where the table tells of none."""

    metric: bool
    """Whether areas and perimeters are in metres."""

    def describe(self, names: NDArray[np.int64], rows: NDArray[np.void], perimeters: NDArray[np.float64]) -> Attributes:
        """Return the attributes of objects.

        Args:
            names: (n,) numbers of the objects.
            rows: (n,) of `object_type`.
            perimeters: (n,).

        Returns:
            (n,) each: object, class, class_name, the class at every coarser level, pixels, area and perimeter (named by
            their unit), compactness (4 pi area / perimeter^2, Polsby and Popper 1991: 1 for a disc, .79 for a square),
            and mean and standard deviation of every band in the file's own values.
        """
        classes, pixels = rows["class"].astype(np.int64), rows["pixels"]
        area = rows["area"]
        found: Attributes = {
            "object": names.astype(np.int64),
            "class": classes.astype(np.int32),
            "class_name": np.array(["", *self.titles], dtype=object)[classes],
        }
        found |= {f"class_{count}": np.array([0, *above], dtype=np.int32)[classes] for count, above in self.coarser}
        found["pixels"] = pixels.astype(np.int64)
        found["area_m2" if self.metric else "area_px"] = area.astype(np.float64)
        found["perimeter_m" if self.metric else "perimeter_px"] = perimeters
        found["compactness"] = 4 * np.pi * area / perimeters**2
        for place, band in enumerate(self.bands):
            mean = rows["sums"][:, place] / pixels
            # Rounding may leave a little less than nothing.
            variance = np.maximum(rows["squares"][:, place] / pixels - mean**2, 0)
            found[f"mean_{band}"], found[f"std_{band}"] = mean, np.sqrt(variance)
        return found
