"""The table of a map's objects: a file, since a scene may have more of them than memory holds."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.components import Parts
from pipeline.edges import Edges
from pipeline.stitch.objects import Ground, borders, object_type, rim, tally


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

    def add(self, box: Box, parts: Parts, names: NDArray[np.int64], bands: NDArray[Any]) -> NDArray[np.int64]:
        """Add a box, in raster order.

        Args:
            box: its place.
            parts: its components.
            names: (components + 1,) the object of each.
            bands: (bands, h, w) of the image.

        Returns:
            (h, w) the object of every pixel.
        """
        objects: NDArray[np.int64] = names[parts.inside]
        ground = self._ground.rows(box.top, box.bottom)
        found = tally(parts.inside, parts.count, bands, ground)
        for field, values in (
            ("pixels", found.pixels),
            ("area", found.areas),
            ("sums", found.sums),
            ("squares", found.squares),
        ):
            np.add.at(self._rows[field], names, values)
        between, lengths = borders(objects, *self._edges.before(box), ground)
        self._edges.put(box, objects)
        last_row, last_column = box.bottom == self._shape[0], box.right == self._shape[1]
        outer = rim(objects, ground, last_row=last_row, last_column=last_column)
        for ends, sides in ((between[:, 0], lengths), (between[:, 1], lengths), outer):
            np.add.at(self._rows["perimeter"], ends, sides)
        return objects

    def close(self) -> None:
        """Write what is not yet in the file."""
        self._rows[0] = 0
        self._rows.flush()


def load_objects(path: Path) -> NDArray[np.void]:
    """Open a table of objects 0 to n, mapped into memory as it is read."""
    table: NDArray[np.void] = np.load(path, mmap_mode="r")
    return table
