"""The raster that labels are collected in before they are delivered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import rasterio
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.io import DatasetWriter
from rasterio.rpc import RPC

from pipeline.raster.spec import RasterSpec

BLOCK = 512
"""Side of a block in pixels."""

LabelType = Literal["uint8", "uint16", "uint32"]
Colour = tuple[int, int, int, int]
"""Red, green, blue, opacity."""


def create(
    path: Path,
    spec: RasterSpec,
    dtype: LabelType,
    *,
    colours: Mapping[int, Colour] | None,
    tags: Mapping[str, str],
    description: str | None,
) -> DatasetWriter:
    """Create a tiled GeoTIFF of one band, of nodata (0) all over.

    It is not compressed: a block that several boxes share is rewritten in its place, so that the size is known before.

    Args:
        path: where; what is there is lost.
        spec: size and place.
        dtype: type of the labels.
        colours: of the labels.
        tags: of the dataset.
        description: of the band.

    Raises:
        GDAL_ERRORS: it cannot be created.
    """
    dataset = rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=spec.shape[0],
        width=spec.shape[1],
        count=1,
        dtype=dtype,
        nodata=0,
        tiled=True,
        blockxsize=BLOCK,
        blockysize=BLOCK,
        sparse_ok=True,
        BIGTIFF="IF_SAFER",
        **_place(spec),
    )
    if colours is not None:
        dataset.write_colormap(1, dict(colours))
    dataset.update_tags(1, LAYER_TYPE="thematic")
    if description is not None:
        dataset.set_band_description(1, description)
    dataset.update_tags(**tags)
    return dataset


def _place(spec: RasterSpec) -> dict[str, Any]:
    """Return rasterio's keywords; GeoTIFF holds control points or a transform, so points give way."""
    keywords: dict[str, Any] = {}
    if spec.gcps and spec.transform is None:
        keywords["gcps"] = [
            # Numbered, because rasterio makes up random names.
            GroundControlPoint(row, column, x, y, z, id=str(number))
            for number, (row, column, x, y, z) in enumerate(spec.gcps, 1)
        ]
        # An empty reference system, since rasterio wants one with control points.
        keywords["crs"] = CRS.from_wkt(spec.gcps_crs) if spec.gcps_crs else CRS()
    else:
        if spec.crs is not None:
            keywords["crs"] = CRS.from_wkt(spec.crs)
        if spec.transform is not None:
            keywords["transform"] = Affine(*spec.transform)
    if spec.rpcs:
        keywords["rpcs"] = RPC.from_gdal(dict(spec.rpcs))
    return keywords


def scratch_bytes(shape: tuple[int, int], itemsize: int) -> int:
    """Return the most bytes of disk that writing a label raster takes, temporary files and the result together.

    Args:
        shape: rows and columns.
        itemsize: bytes of a label.
    """
    rows, columns = shape
    base = _padded(rows, columns)
    overviews = 0
    while max(rows, columns) > BLOCK:
        rows, columns = -(-rows // 2), -(-columns // 2)
        overviews += _padded(rows, columns)
    # The scratch raster, the overviews that GDAL collects before it has the place for them, and the result; noise
    # grows a little when it is compressed.
    return int((2 * base + 2 * overviews) * itemsize * 1.01) + 2**20


def _padded(rows: int, columns: int) -> int:
    """Return the pixels of whole blocks."""
    return -(-rows // BLOCK) * -(-columns // BLOCK) * BLOCK**2
