"""Vector polygons as truth: burnt into the grid of the labels, window by window."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from rasterio.crs import CRS
from rasterio.features import rasterize
from rasterio.transform import Affine
from rasterio.warp import transform as transform_points

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.raster.dataset import GDAL_ERRORS, gdal_env, reason
from pipeline.raster.place import bounds_in
from pipeline.raster.spec import RasterSpec

FAILURES = (*GDAL_ERRORS, DataSourceError, DataLayerError, FieldError, shapely.errors.GEOSException)
"""What the libraries raise when a file or its geometries cannot be read."""


@dataclass(frozen=True)
class Polygons:
    """Polygons of a layer on a grid. Outside of all of them is class 0; where they overlap, the later counts."""

    path: str
    layer: str
    attribute: str | None
    """Holds the class; None: every polygon is class 1."""

    crs: str
    """The layer's reference system."""

    grid: RasterSpec
    values: NDArray[Any]
    """(n,) the classes of the layer, rising: whole numbers, or texts."""

    names: Mapping[int, str] = field(default_factory=dict)
    """What classes are called that are texts in the file: they are numbered from 1."""

    def read(self, box: Box) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Burn the polygons that touch a box; a pixel belongs to those that hold its centre.

        Returns:
            Classes (h, w), and where they are known (h, w): not within a polygon that has no class.

        Raises:
            InputError: the file cannot be read.
        """
        spec = self.grid.windowed(box)
        numbers = np.arange(1, len(self.values) + 1) if self.names else self.values
        # By place in a list, because burning takes 32 bits: 0 for outside, the last for no class.
        table = np.concatenate([[0], numbers, [0]]).astype(np.int64)
        try:
            with gdal_env():
                shapes = self._shapes(spec)
                places = np.zeros(box.shape, dtype=np.int32)
                if shapes:
                    rasterize(shapes, out=places, transform=Affine(*(spec.transform or ())))
        except FAILURES as error:
            raise InputError(f"{self.path}: its polygons cannot be read ({reason(error)})") from None
        return table[places], places <= len(self.values)

    def _shapes(self, spec: RasterSpec) -> list[tuple[Any, int]]:
        """Read the polygons that may touch a window, in the grid's reference system, with their places."""
        columns = [] if self.attribute is None else [self.attribute]
        _, _, geometries, found = pyogrio.raw.read(
            self.path, layer=self.layer, columns=columns, bbox=bounds_in(spec, self.crs), force_2d=True
        )
        kept = shapely.from_wkb(geometries)
        areal = shapely.get_dimensions(kept) == 2  # noqa: PLR2004 - points, lines and nothing cover no pixel
        areal &= ~shapely.is_empty(kept)
        kept = _moved(kept[areal], self.crs, spec.crs or "")
        if self.attribute is None:
            return [(shape, 1) for shape in kept]
        texts = found[0][areal]
        known = ~missing(texts)
        places = np.full(len(texts), len(self.values) + 1)
        places[known] = np.searchsorted(self.values, texts[known].astype(self.values.dtype)) + 1
        return list(zip(kept, places.tolist(), strict=True))


def missing(found: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which values (n,) of a field are none: None among texts, NaN among numbers."""
    return np.array([one is None or one != one for one in found.tolist()], dtype=np.bool_)  # noqa: PLR0124 - NaN alone


def _moved(shapes: NDArray[Any], crs: str, to: str) -> NDArray[Any]:
    """Return geometries in another reference system."""
    here, there = CRS.from_user_input(crs), CRS.from_wkt(to)
    if here == there or not len(shapes):
        return shapes

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_points(here, there, points[:, 0], points[:, 1]))

    moved: NDArray[Any] = shapely.transform(shapes, move)
    return moved
