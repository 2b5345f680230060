"""What a raster is, without its pixels: size, type, place."""

import math
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box

Transform = tuple[float, float, float, float, float, float]
Bounds = tuple[float, float, float, float]
"""Left, bottom, right, top, in units of the CRS."""

_Place = TypeVar("_Place", float, NDArray[Any])

# Corners that miss a pixel's edge by less than this share of a pixel are on it: bounds come rounded.
_TOLERANCE = 1e-6
# How far apart, in pixels, the corners of two rasters' pixels may lie that count as the same: coordinates are rounded.
_MEET = 0.05


@dataclass(frozen=True)
class RasterSpec:
    """Size, type and place of a raster; plain numbers and texts, so that it can be pickled and compared."""

    shape: tuple[int, int]
    """Rows and columns."""

    count: int
    """Number of bands in the file."""

    dtype: str
    """NumPy's name of the type that holds every band in use."""

    crs: str | None = None
    """Coordinate reference system as WKT."""

    transform: Transform | None = None
    """(a, b, c, d, e, f): x = a column + b row + c, y = d column + e row + f; None: the file has none."""

    nodata: float | None = None
    """The file's own nodata value of the first band in use."""

    gcps: tuple[tuple[float, float, float, float, float], ...] = ()
    """Ground control points: row, column, x, y, z."""

    gcps_crs: str | None = None
    """The control points' reference system as WKT."""

    rpcs: tuple[tuple[str, str], ...] = ()
    """Rational polynomial coefficients: GDAL's names and texts."""

    block_shape: tuple[int, int] = (512, 512)
    """Rows and columns of the blocks in the file; GDAL reads no less than one."""

    @property
    def block_bytes(self) -> int:
        """Bytes of one block of all bands; a read holds at least that much."""
        return math.prod(self.block_shape) * self.count * np.dtype(self.dtype).itemsize

    def touched_bytes(self, box: Box) -> int:
        """Bytes of all bands of the blocks that a box of the file touches, once they are decoded.

        Args:
            box: in pixels of the file, of which this raster may be a part.
        """
        rows, columns = self.block_shape
        down = -(-box.bottom // rows) - box.top // rows
        across = -(-box.right // columns) - box.left // columns
        return down * across * self.block_bytes

    @property
    def scene(self) -> Box:
        """The box of the whole raster."""
        return Box(0, 0, *self.shape)

    @property
    def is_sound(self) -> bool:
        """Whether the transform, if there is one, gives every pixel a size and a place."""
        if self.transform is None:
            return True
        return _inverse(self.transform) is not None and all(map(math.isfinite, self.bounds or ()))

    @property
    def bounds(self) -> Bounds | None:
        """The upright rectangle that covers the raster; None without a transform."""
        if self.transform is None:
            return None
        rows, columns = self.shape
        corners = [apply(self.transform, *corner) for corner in ((0, 0), (columns, 0), (0, rows), (columns, rows))]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def windowed(self, box: Box) -> "RasterSpec":
        """Return the spec of a part: transform, control points and coefficients count from the part's corner."""
        transform = self.transform
        if transform is not None:
            a, b, _, d, e, _ = transform
            x, y = apply(transform, box.left, box.top)
            transform = (a, b, x, d, e, y)
        gcps = tuple((row - box.top, column - box.left, x, y, z) for row, column, x, y, z in self.gcps)
        moved = {"LINE_OFF": box.top, "SAMP_OFF": box.left}
        rpcs = tuple((key, str(float(text) - moved[key]) if key in moved else text) for key, text in self.rpcs)
        return replace(self, shape=box.shape, transform=transform, gcps=gcps, rpcs=rpcs)

    def steps_to(self, other: "RasterSpec") -> tuple[int, int] | None:
        """Count rows and columns from this raster's corner to another's.

        None unless both are on one lattice of pixels: same reference system, and pixels that meet to a twentieth of
        one wherever either raster is.
        """
        inverse = _inverse(self.transform) if self.transform else None
        if inverse is None or other.transform is None or self.crs != other.crs:
            return None
        length = max(*self.shape, *other.shape)
        places = [apply(inverse, *apply(other.transform, *corner)) for corner in ((0, 0), (length, 0), (0, length))]
        column, row = (round(place) for place in places[0])
        expected = ((column, row), (column + length, row), (column, row + length))
        meet = all(math.dist(place, wanted) <= _MEET for place, wanted in zip(places, expected, strict=True))
        return (row, column) if meet else None

    def covering(self, bounds: Bounds) -> Box | None:
        """Return the smallest box of whole pixels that covers `bounds`, clipped to the raster.

        Where the raster is rotated, it covers the rectangle's four corners. None when nothing is left, or when
        there is no transform that can be inverted.
        """
        inverse = _inverse(self.transform) if self.transform else None
        if inverse is None:
            return None
        left, bottom, right, top = bounds
        places = [apply(inverse, x, y) for x in (left, right) for y in (bottom, top)]
        columns, rows = zip(*places, strict=True)
        edges = [
            max(math.floor(min(rows) + _TOLERANCE), 0),
            max(math.floor(min(columns) + _TOLERANCE), 0),
            min(math.ceil(max(rows) - _TOLERANCE), self.shape[0]),
            min(math.ceil(max(columns) - _TOLERANCE), self.shape[1]),
        ]
        return Box(*edges) if edges[0] < edges[2] and edges[1] < edges[3] else None


def apply(transform: Transform, column: _Place, row: _Place) -> tuple[_Place, _Place]:
    """Return x and y of a place, or of each of many (n,), in columns and rows."""
    a, b, c, d, e, f = transform
    return a * column + b * row + c, d * column + e * row + f


def _inverse(transform: Transform) -> Transform | None:
    a, b, c, d, e, f = transform
    determinant = a * e - b * d
    if determinant == 0 or not math.isfinite(determinant):
        return None
    ia, ib, id_, ie = e / determinant, -b / determinant, -d / determinant, a / determinant
    return ia, ib, -ia * c - ib * f, id_, ie, -id_ * c - ie * f
