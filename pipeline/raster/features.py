"""Vector files out: polygons with attributes, written batch by batch, whole or not at all."""

import shutil
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import FeatureError, GeometryError

from pipeline.errors import OutputError
from pipeline.files import temporary_beside
from pipeline.raster.dataset import reason
from pipeline.raster.geopackage import add_style
from pipeline.raster.geoparquet import write_geoparquet
from pipeline.raster.polygons import FAILURES

_FAILURES = (*FAILURES, OSError, FeatureError, GeometryError, sqlite3.Error)
_COLUMN = "geom"
# GeoPackages tell when they were written; the same run is to give the same bytes whenever it is.
_DATE = "2000-01-01T00:00:00.000Z"


@dataclass(kw_only=True)
class FeatureWriter:
    """A file of one layer of polygons, as a context manager; batches are collected in a GeoPackage first."""

    path: Path = field(kw_only=False)
    """The file to make; its suffix tells its format."""

    layer: str
    crs: str | None
    """Reference system as WKT."""

    qml: str
    """The layer's style for QGIS, which a GeoPackage carries."""

    scratch: Path
    """A folder on the same disk, where it is made; others may make the same file there."""

    def __post_init__(self) -> None:
        self._folder = temporary_beside(self.scratch / self.path.name)
        self._collected = self._folder / f"{self.layer}.gpkg"
        self._begun = False

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(parents=True)
        except OSError as error:
            raise self._failure(error) from None
        return self

    def write(self, polygons: NDArray[np.object_], attributes: Mapping[str, NDArray[np.generic]]) -> None:
        """Add polygons (n,), as well-known binary, and their attributes (n,) by name; every batch has the same ones.

        Raises:
            OutputError: the disk is full or failing.
        """
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _DATE})
        try:
            with _without_crs_warning():
                pyogrio.raw.write(
                    self._collected,
                    polygons,
                    list(attributes.values()),
                    list(attributes),
                    layer=self.layer,
                    driver="GPKG",
                    geometry_type="Polygon",
                    crs=self.crs,
                    append=self._begun,
                    # Programs of a few years ago warn of 1.4.
                    dataset_options={} if self._begun else {"VERSION": "1.3"},
                    layer_options={} if self._begun else {"GEOMETRY_NAME": _COLUMN},
                )
        except _FAILURES as error:
            raise self._failure(error) from None
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        self._begun = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._deliver()
        except _FAILURES as failure:
            raise self._failure(failure) from None
        finally:
            self._clean()

    def _deliver(self) -> None:
        made = self._collected
        if self.path.suffix == ".gpkg":
            add_style(made, self.layer, self.qml, column=_COLUMN, date=_DATE)
        elif self.path.suffix == ".parquet":
            made = self._folder / self.path.name
            write_geoparquet(self._collected, self.layer, made, self.crs)
        else:
            made = self._folder / self.path.name
            with (
                _without_crs_warning(),
                pyogrio.raw.open_arrow(self._collected, layer=self.layer) as (meta, stream),
            ):
                pyogrio.raw.write_arrow(
                    stream,
                    made,
                    layer=self.layer,
                    driver="FlatGeobuf",
                    geometry_name=meta["geometry_name"],
                    geometry_type="Polygon",
                    crs=self.crs,
                )
        made.replace(self.path)

    def _failure(self, error: Exception) -> OutputError:
        said = getattr(error, "strerror", None) or reason(error)
        return OutputError(f"{self.path}: cannot be written ({said}); free some disk or choose another folder")

    def _clean(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _without_crs_warning() -> Iterator[None]:
    """Keep the library from warning that a scene without a place gives polygons without one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*crs.*was not provided")
        yield
