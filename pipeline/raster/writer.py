"""Label rasters out: written tile by tile in any order, delivered as a cloud-optimised GeoTIFF, whole or not at all."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.box import Box
from pipeline.errors import OutputError
from pipeline.raster.dataset import GDAL_ERRORS, forget_failure, gdal_env, reason
from pipeline.raster.scratch import BLOCK, Colour, LabelType, create
from pipeline.raster.spec import RasterSpec
from pipeline.raster.verify import checksum, first_fault

if TYPE_CHECKING:
    from rasterio.io import DatasetWriter

_FAILURES = (*GDAL_ERRORS, OSError)


@dataclass(kw_only=True)
class LabelWriter:
    """A label raster with 0 for nodata, as a context manager; nothing happens before the block begins.

    Pixels go to a plain tiled GeoTIFF first, since a cloud-optimised one cannot be written in pieces. It is not
    compressed: a block that several boxes share is then rewritten in its place, so that its size is known before.
    """

    path: Path = field(kw_only=False)
    """The raster to make; its folder is made, too."""

    spec: RasterSpec = field(kw_only=False)
    """Size and place of the raster."""

    dtype: LabelType = field(kw_only=False)
    """Type of the labels."""

    scratch: Path | None = None
    """Where pixels are collected; None: beside `path`."""

    colours: Mapping[int, Colour] | None = None
    """Red, green, blue, opacity per label; 8 and 16 bits only."""

    tags: Mapping[str, str] | None = None
    """Tags of the dataset."""

    description: str | None = None
    """What the band holds, in a word."""

    compression: Literal["deflate", "zstd"] = "deflate"
    """Of the blocks; both lossless."""

    overviews: Literal["mode", "nearest"] = "mode"
    """How overviews choose among labels: mode suits classes, nearest suits numbers of objects."""

    threads: int = 1
    """That compress; the bytes do not depend on it."""

    def __post_init__(self) -> None:
        if self.colours is not None and self.dtype == "uint32":
            raise ValueError("a colour table needs labels of 8 or 16 bits, got uint32")
        # A folder of our own, so that whatever GDAL leaves beside its files goes with it. Its name does not vary:
        # what a killed run has left is found and removed by the next.
        self._folder = self.path.with_name(f".{self.path.name}.part")
        self._collected = self.scratch or self._folder / "scratch.tif"
        self._dataset: DatasetWriter = None
        self._written: list[tuple[Box, int]] = []
        self._made, self._is_made = self._folder / self.path.name, False

    def __enter__(self) -> Self:
        self._clean()
        try:
            with self._complaining(), gdal_env():
                self._folder.mkdir(parents=True)
                self._collected.parent.mkdir(parents=True, exist_ok=True)
                self._dataset = create(
                    self._collected,
                    self.spec,
                    self.dtype,
                    colours=self.colours,
                    tags=self.tags or {},
                    description=self.description,
                )
        except BaseException:
            self._clean()
            raise
        return self

    def write(self, box: Box, labels: NDArray[np.unsignedinteger]) -> None:
        """Write the labels of a box; boxes may come in any order and of any size, but must not overlap.

        Args:
            box: rows and columns of the raster; must lie within.
            labels: (h, w) of the box, of the raster's type or a smaller one.

        Raises:
            OutputError: the disk is full or failing.
        """
        if labels.shape != box.shape or box.overlap(self.spec.scene) != box:
            raise ValueError(f"labels of shape {labels.shape} do not fit {box} of a raster of {self.spec.shape}")
        window = Window(box.left, box.top, box.shape[1], box.shape[0])
        labels = labels.astype(self.dtype, casting="safe", copy=False)
        self._written.append((box, checksum(labels)))
        with self._complaining(), gdal_env():
            self._dataset.write(labels, 1, window=window)

    def finish(self) -> None:
        """Make the raster from all that was written, beside its place; the end of the block does it, unless it is done.

        Several rasters may be finished at a time, by a thread each.

        Raises:
            OutputError: the disk is full or failing.
        """
        if not self._is_made:
            with self._complaining(), gdal_env():
                self._dataset.close()
                self._make()
            self._is_made = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.finish()
                with self._complaining():
                    self._deliver()
            else:
                with suppress(*_FAILURES), gdal_env():
                    self._dataset.close()
        finally:
            self._clean()
            if kind is not None:
                forget_failure()

    def _make(self) -> None:
        rasterio.shutil.copy(
            self._collected,
            self._made,
            driver="COG",
            BLOCKSIZE=BLOCK,
            COMPRESS=self.compression.upper(),
            PREDICTOR="NO",
            BIGTIFF="IF_SAFER",
            OVERVIEW_RESAMPLING=self.overviews.upper(),
            NUM_THREADS=self.threads,
            STATISTICS="NO",
        )
        with self._made.open("rb+") as file:
            os.fsync(file.fileno())
        fault = first_fault(self._made, self._written)
        if fault is not None:
            raise OSError(fault)

    def _deliver(self) -> None:
        sidecar, old = (Path(f"{file}.aux.xml") for file in (self._made, self.path))
        if sidecar.exists():
            # GDAL writes one for a reference system that GeoTIFF has no keys for.
            sidecar.replace(old)
        else:
            # Statistics that a viewer left there are of the raster that goes.
            old.unlink(missing_ok=True)
        self._made.replace(self.path)

    def _clean(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for file in (self._collected, Path(f"{self._collected}.aux.xml")):
            with suppress(OSError):
                file.unlink(missing_ok=True)

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            said = getattr(error, "strerror", None) or reason(error)
            forget_failure()
            raise OutputError(
                f"{self.path}: cannot be written ({said}); free some disk or choose another folder"
            ) from None
