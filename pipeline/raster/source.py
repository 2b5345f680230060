"""A scene as the pipeline reads it: which file, which part, which bands, what is outside.

A `Source` is small and can be pickled; whoever has one reads on their own, in any thread or process.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from pipeline.box import Box
from pipeline.image import scale
from pipeline.raster.dataset import cache_for, opened
from pipeline.raster.nodata import is_data
from pipeline.raster.palette import look_up
from pipeline.raster.spec import RasterSpec

if TYPE_CHECKING:
    from pipeline.raster.scaling import Scaling


@dataclass(frozen=True)
class Source:
    """A part of a raster file, and how to read it."""

    path: str
    """What GDAL opens: an absolute path, a URL or a /vsi path."""

    window: Box
    """The part, in pixels of the file."""

    bands: tuple[int, ...]
    """Bands to read, in this order, counted from 1."""

    spec: RasterSpec
    """Size, type and place of the part."""

    nodata: tuple[float, ...] | None = None
    """One value per band: a pixel that has them all is outside. None: no such values."""

    alpha: int | None = None
    """The band that says by 0 which pixels are outside."""

    masked: bool = False
    """Whether the file has a mask that says which pixels are outside."""

    palette: bytes | None = None
    """Red, green, blue and opacity of every index, where colours are read in place of indices."""

    value_range: tuple[float, float] | None = None
    """What is 0 and 1 whatever the pixels are; None: to be measured."""

    pieces: tuple["Piece", ...] = ()
    """The files that a mosaic is put together from, undermost first; empty: the one file of `path`."""

    remote: bool = False
    """Whether the network may be used for what the file refers to."""

    around: Box | None = None
    """What can be read of a mosaic, counted from this part's corner: its neighbours too. None: the part alone."""

    @property
    def channels(self) -> int:
        """Number of bands that `read` gives."""
        return len(self.bands) if self.palette is None else 3

    @property
    def alone(self) -> "Source":
        """The file by itself, where it is read as a part of a mosaic."""
        return replace(self, pieces=(), around=None)

    @property
    def covered(self) -> bool:
        """Whether pixels of the part may be those of another file."""
        return sum(piece.box.overlap(self.spec.scene) is not None for piece in self.pieces) > 1

    @property
    def extent(self) -> Box:
        """All that can be read."""
        return self.around or self.spec.scene

    def place(self, box: Box) -> Box:
        """Return where a box lies in the file."""
        return box.shifted(self.window.top, self.window.left)

    def touched_bytes(self, box: Box) -> int:
        """Bytes of the blocks that a box touches, once they are decoded, its mask among them."""
        touched = self.spec.touched_bytes(self.place(box))
        return touched + touched // (self.spec.count * np.dtype(self.spec.dtype).itemsize) * self.masked

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the pixels that `read` gives."""
        return np.dtype(self.spec.dtype if self.palette is None else np.uint8)


@dataclass(frozen=True)
class Piece:
    """One file of a mosaic."""

    box: Box
    """Where it lies, counted from the corner of the mosaic's part."""

    source: Source


def read(source: Source, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read a box of pixels.

    A pixel is valid unless all its bands have their nodata value, or any is NaN, infinite or beyond 1e150, or the
    file's mask, alpha band or palette makes it transparent. In a mosaic a pixel is that of the uppermost file where it
    is valid.

    Args:
        source: the scene.
        box: rows and columns, counted from the corner of the source's window; must lie within its extent.

    Returns:
        Pixels (channels, h, w) as in the file (a palette's colours as uint8), and which are valid (h, w).

    Raises:
        InputError: the file cannot be read there.
    """
    if box.overlap(source.extent) != box:
        raise ValueError(f"{box} is not within a source of {source.extent}")
    return _read_pieces(source, box) if source.pieces else read_file(source, box)


def _read_pieces(source: Source, box: Box) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    raw, valid = np.zeros((source.channels, *box.shape), dtype=source.dtype), np.zeros(box.shape, dtype=np.bool_)
    for piece in source.pieces:
        part = piece.box.overlap(box)
        if part is None:
            continue
        pixels, inside = read_file(piece.source, part.shifted(-piece.box.top, -piece.box.left))
        rows, columns = part.slices(box)
        np.copyto(raw[:, rows, columns], pixels, where=inside)
        valid[rows, columns] |= inside
    return raw, valid


def read_file(source: Source, box: Box, shape: tuple[int, int] | None = None) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read a box of the source's one file, as `read` does; if `shape` is given, that many of its rows and columns.

    Pixels are picked evenly, never mixed, from overviews where the file has them.
    """
    place = source.place(box)
    window = Window(place.left, place.top, place.shape[1], place.shape[0])
    where = f"rows {place.top} to {place.bottom}, columns {place.left} to {place.right} cannot be read"
    cache = cache_for(source.touched_bytes(box))
    with opened(source.path, where, remote=source.remote, cache=cache) as dataset:
        raw = _read_bands(dataset, source, window, shape)
        valid = is_data(raw, source.nodata)
        if source.alpha is not None:
            valid &= dataset.read(source.alpha, window=window, out_shape=shape) != 0
        if source.masked:
            valid &= dataset.read_masks(source.bands[0], window=window, out_shape=shape) != 0
    if source.palette is not None:
        raw, opaque = look_up(raw[0], source.palette)
        valid &= opaque
    return raw, valid


def read_scaled(source: Source, scaling: "Scaling", box: Box) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Read a box of pixels, scaled.

    Args:
        source: the scene.
        scaling: the scene's radiometry.
        box: rows and columns, counted from the corner of the source's window; must lie within its extent.

    Returns:
        Image (channels, h, w) of 0..1, 0 where not valid; and which pixels are valid (h, w).

    Raises:
        InputError: the file cannot be read there.
    """
    raw, valid = read(source, box)
    return scale(raw, valid, scaling.low, scaling.high), valid


def gdal_version() -> str:
    """Return the version of GDAL, which what is read follows from."""
    return str(rasterio.__gdal_version__)


def _read_bands(dataset: DatasetReader, source: Source, window: Window, shape: tuple[int, int] | None) -> NDArray[Any]:
    bands, dtype, dtypes = list(source.bands), source.spec.dtype, dataset.dtypes
    if len({dtypes[band - 1] for band in bands}) == 1:
        # One call for all bands: pixel-interleaved blocks are decoded once.
        size = None if shape is None else (len(bands), *shape)
        pixels: NDArray[Any] = dataset.read(bands, window=window, out_shape=size)
        return pixels
    return np.stack([dataset.read(band, window=window, out_shape=shape).astype(dtype) for band in bands])
