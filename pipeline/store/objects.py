"""The table of a map's objects, and which of them its regions are: files, since memory may not hold them."""

from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from pipeline.stitch.objects import Tally, object_type


class ObjectTable:
    """A row of `object_type` for each of the objects 0 to n, of which 0 is none; filled box by box."""

    def __init__(self, path: Path, classes: NDArray[np.integer], bands: int) -> None:
        """Make the file.

        Args:
            path: of a .npy file.
            classes: (n + 1,) of the objects.
            bands: of the image that it tells of.
        """
        self._rows = open_memmap(path, mode="w+", dtype=object_type(bands), shape=classes.shape)
        self._rows["class"] = classes

    def add(self, names: NDArray[np.integer], found: Tally) -> None:
        """Add what the components of a box are, of which `names` (components + 1,) tells the objects."""
        for field, values in (
            ("pixels", found.pixels),
            ("area", found.areas),
            ("sums", found.sums),
            ("squares", found.squares),
        ):
            np.add.at(self._rows[field], names, values)

    def pixels_of_classes(self, length: int) -> NDArray[np.int64]:
        """Return the pixels (length,) of classes 0, which is none, and up."""
        pixels = np.zeros(length, dtype=np.int64)
        np.add.at(pixels, self._rows["class"].astype(np.int64), self._rows["pixels"])
        return pixels

    def close(self) -> None:
        """Write what is not yet in the file."""
        self._rows[0] = 0
        self._rows.flush()


def load_objects(path: Path) -> NDArray[np.void]:
    """Open a table of objects 0 to n, mapped into memory as it is read."""
    table: NDArray[np.void] = np.load(path, mmap_mode="r")
    return table


def save_names(path: Path, names: NDArray[np.integer]) -> None:
    """Write the object (m + 1,) of each of a map's regions, 0 for 0, to a .npy file."""
    np.save(path, names.astype(np.uint32), allow_pickle=False)


def load_names(path: Path) -> NDArray[np.uint32]:
    """Open what `save_names` wrote, mapped into memory as it is read."""
    names: NDArray[np.uint32] = np.load(path, mmap_mode="r")
    return names
