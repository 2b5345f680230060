"""The classes of a scene, and how each tile's labels map to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.picture import to_rgb


@dataclass(frozen=True)
class Classes:
    """Classes 1 to n of a scene."""

    names: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]
    """Mean red, green, blue of each."""

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Lookups:
    """For every tile the class of each of its labels: (K + 1,), index 0 = outside = 0; None: labels are classes."""

    classes: Classes
    tables: Sequence[NDArray[np.int64]] | None

    def of(self, tile: int, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Translate labels of a tile to classes; one that no segment of its write box has may be none, which is 0."""
        if self.tables is None:
            return labels
        table = self.tables[tile]
        return np.where(labels < len(table), table[np.minimum(labels, len(table) - 1)], 0)


def describe_classes(sums: NDArray[np.float64], pixels: NDArray[np.int64]) -> Classes:
    """Name classes and give them their mean colours.

    Args:
        sums: (n, bands) sum of scaled values.
        pixels: (n,) number of pixels; a class without pixels is black.
    """
    colours = to_rgb((sums / np.maximum(pixels, 1)[:, None]).T)
    return Classes(
        tuple(f"class {number}" for number in range(1, len(pixels) + 1)),
        tuple((int(red), int(green), int(blue)) for red, green, blue in colours),
    )
