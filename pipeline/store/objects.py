"""The table of a map's objects: a file, since a scene may have more of them than memory holds."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Parts
from pipeline.edges import Edges
from pipeline.stitch.objects import Ground, object_type, tally
from pipeline.stitch.perimeter import add_perimeters


class ObjectTable:
    """A row of `object_type` for each of the objects 0 to n, of which 0 is none; filled box by box."""

    def __init__(self, path: Path, classes: NDArray[np.integer], bands: int, ground: Ground, columns: int) -> None:
        """Make the file.

        Args:
            path: of a .npy file.
            classes: (n + 1,) of the objects.
            bands: of the image that it tells of.
            ground: of the scene's rows.
            columns: of the scene.
        """
        self._shape, self._ground = (len(ground.areas), columns), ground
        self._edges = Edges(columns)
        self._rows = open_memmap(path, mode="w+", dtype=object_type(bands), shape=classes.shape)
        self._rows["class"] = classes

    def add(self, box: Box, parts: Parts, names: NDArray[np.int64], bands: NDArray[Any]) -> NDArray[np.uint32]:
        """Add a box, in raster order.

        Args:
            box: its place.
            parts: its components.
            names: (components + 1,) the object of each.
            bands: (bands, h, w) of the image.

        Returns:
            (h, w) the object of every pixel.
        """
        ground = self._ground.rows(box.top, box.bottom)
        found = tally(parts.inside, parts.count, bands, ground)
        for field, values in (
            ("pixels", found.pixels),
            ("area", found.areas),
            ("sums", found.sums),
            ("squares", found.squares),
        ):
            np.add.at(self._rows[field], names, values)
        self._outline(box, parts, names, ground)
        objects: NDArray[np.uint32] = names.astype(np.uint32)[parts.inside]
        self._edges.put(box, objects[-1], objects[:, -1])
        return objects

    def _outline(self, box: Box, parts: Parts, names: NDArray[np.int64], ground: Ground) -> None:
        """Add the sides of the box's pixels to the perimeters of the objects in it and before it."""
        above, left = self._edges.before(box)
        # Here counted by their places among these few: the table is a file.
        known, places = np.unique(np.concatenate([[0], names, above, left]), return_inverse=True)
        inner, upper, beside = np.split(places.astype(np.int32)[1:], [len(names), len(names) + len(above)])
        perimeters = self._rows["perimeter"][known]
        last = box.bottom == self._shape[0], box.right == self._shape[1]
        add_perimeters(perimeters, inner[parts.inside], (upper, beside), ground, last=last)
        self._rows["perimeter"][known] = perimeters

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
