"""From a vector file to polygons on the grid of the labels; what cannot be used is refused, in one sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray

from pipeline.errors import InputError
from pipeline.raster.dataset import reason
from pipeline.raster.located import located
from pipeline.raster.place import bounds_in, is_placed, meet
from pipeline.raster.polygons import FAILURES, Polygons, missing
from pipeline.raster.source import Source
from pipeline.raster.spec import Bounds

VECTORS = frozenset({".gpkg", ".geojson", ".json", ".shp", ".fgb"})
"""Suffixes of the files that are taken for vectors: GeoPackage, GeoJSON, shapefile, FlatGeobuf."""


def open_polygons(path: Path, labels: Source, attribute: str | None) -> Polygons:
    """Look at a vector file.

    Args:
        path: a file of one layer.
        labels: whose grid counts.
        attribute: holds the class: whole numbers or texts; None: all that is inside is class 1.

    Raises:
        InputError: it cannot be used.
    """
    name = located(str(path))
    if not is_placed(labels.spec):
        raise InputError(f"{labels.path}: has no place on earth to lay the polygons of {path} over; georeference it")
    try:
        # Tables without geometry, such as those of styles, are beside the point.
        layers = [str(layer) for layer, kind in pyogrio.list_layers(name).tolist() if kind is not None]
        if len(layers) != 1:
            raise InputError(f"{path}: has {len(layers)} layers ({', '.join(layers)}); give a file that holds one")
        info = pyogrio.read_info(name, layer=layers[0], force_total_bounds=True)
        kind, crs = str(info["geometry_type"]), info["crs"]
        if "Polygon" not in kind and "Unknown" not in kind:
            raise InputError(f"{path}: holds geometries of type {kind}; give polygons")
        if crs is None:
            raise InputError(f"{path}: has no reference system; assign one, with: ogr2ogr -a_srs")
        _check_place(path, info["total_bounds"], crs, labels)
        values, names = _classes(name, path, attribute, info)
    except FAILURES as error:
        raise InputError(f"{path}: cannot be opened as vector polygons ({reason(error)})") from None
    return Polygons(name, layers[0], attribute, crs, labels.spec, values, names)


def _check_place(path: Path, bounds: Bounds | None, crs: str, labels: Source) -> None:
    if bounds is None or not meet(bounds, bounds_in(labels.spec, crs)):
        raise InputError(f"{path}: no polygon overlaps {labels.path}; give the truth of the same place")


def _classes(name: str, path: Path, attribute: str | None, info: dict[str, Any]) -> tuple[NDArray[Any], dict[int, str]]:
    """Return the distinct classes, and the names of those that are texts."""
    if attribute is None:
        return np.ones(1, dtype=np.int64), {}
    fields = [str(one) for one in info["fields"]]
    if attribute not in fields:
        has = f"its fields are {', '.join(fields)}" if fields else "it has none"
        raise InputError(f"{path}: has no field {attribute}; {has}")
    found = pyogrio.raw.read(name, layer=info["layer_name"], columns=[attribute], read_geometry=False)[3][0]
    found = found[~missing(found)]
    if found.dtype.kind == "O":
        texts = np.unique(found.astype(str))
        return texts, {number: str(text) for number, text in enumerate(texts, 1)}
    if found.dtype.kind not in "iubf" or (found.dtype.kind == "f" and (found != np.round(found)).any()):
        raise InputError(f"{path}: its field {attribute} holds neither whole numbers nor texts; name another --field")
    return np.unique(found.astype(np.int64)), {}
