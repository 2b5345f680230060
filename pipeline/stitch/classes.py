"""The classes of a scene, and how each tile's labels map to them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.picture import to_rgb
from pipeline.stitch.table import LabelTable

# Digits that are told of roughness: what is beyond them nobody sees.
_DIGITS = 5


@dataclass(frozen=True)
class Classes:
    """Classes 1 to n of a scene."""

    names: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]
    """Mean red, green, blue of each."""

    roughness: tuple[float, ...] | None = None
    """Mean gradient magnitude of each, per pixel of distance, of values of 0..1; None: not known."""

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


def describe_classes(table: LabelTable) -> Classes:
    """Name classes and give them their mean colours and roughness.

    Args:
        table: of classes 1 to n; a class without pixels is black and smooth.
    """
    pixels = np.maximum(table.pixels[1:], 1)
    colours = to_rgb((table.sums[1:] / pixels[:, None]).T)
    return Classes(
        tuple(f"class {number}" for number in range(1, len(pixels) + 1)),
        tuple((int(red), int(green), int(blue)) for red, green, blue in colours),
        rounded(table.textures[1:, 0] / pixels),
    )


def rounded(roughness: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the roughness of classes to the digits that are told."""
    return tuple(round(value, _DIGITS) for value in roughness.tolist())
