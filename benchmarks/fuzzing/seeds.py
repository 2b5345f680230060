"""Small valid rasters of many kinds, to be damaged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling

# Larger ones take long to write and to read, and the header is what counts.
_MOST_BYTES = 40_000
_KINDS: dict[str, dict[str, Any]] = {
    "strips": {},
    "tiles": {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate", "predictor": 2},
    "lzw": {"compress": "lzw", "nodata": 0, "dtype": "uint16"},
    "jpeg": {"compress": "jpeg", "photometric": "ycbcr", "tiled": True, "blockxsize": 16, "blockysize": 16},
    "zstd": {"compress": "zstd", "dtype": "int16", "nodata": -1},
    "webp": {"compress": "webp"},
    "packbits": {"compress": "packbits", "count": 1},
    "lerc": {"compress": "lerc", "dtype": "float32"},
    "lzma": {"compress": "lzma", "count": 4},
    "planes": {"interleave": "band", "compress": "deflate"},
    "floats": {"dtype": "float32", "nodata": "nan", "compress": "deflate", "predictor": 3},
    "doubles": {"dtype": "float64", "count": 2},
    "longs": {"dtype": "uint64", "count": 1},
    "complex": {"dtype": "complex64", "count": 1},
    "big": {"BIGTIFF": "YES", "tiled": True, "blockxsize": 16, "blockysize": 16},
    "bits": {"nbits": 4, "count": 1},
    "motorola": {"ENDIANNESS": "BIG", "compress": "deflate"},
    "many": {"count": 12, "photometric": "minisblack"},
    "alpha": {"count": 4, "photometric": "rgb", "alpha": "yes"},
    "cog": {"driver": "COG", "blocksize": 128},
    "png": {"driver": "PNG"},
    "jpg": {"driver": "JPEG"},
    "bmp": {"driver": "BMP"},
    "jp2": {"driver": "JP2OpenJPEG"},
    "img": {"driver": "HFA", "compress": "yes"},
}


def write_seeds(folder: Path) -> list[Path]:
    """Write rasters of 40 x 30 px: formats, types, compressions, layouts, tags, sidecars; return their paths."""
    for name, kind in _KINDS.items():
        options = {"driver": "GTiff", "count": 3, "dtype": "uint8"} | kind
        suffix = name if options["driver"] not in {"GTiff", "COG"} else "tif"
        _write(folder / f"{name}.{suffix}", options)
    _decorate(folder)
    for source in ("strips", "floats"):
        (folder / f"{source}.vrt").write_text(_vrt(f"{source}.tif"), encoding="utf-8")
    return sorted(path for path in folder.iterdir() if path.suffix not in {".xml", ".msk"})


def find_seeds(folder: Path) -> list[Path]:
    """Return the small rasters of a folder of real files; none if it is not there."""
    found: Iterator[Path] = folder.iterdir() if folder.is_dir() else iter(())
    return sorted(
        path for path in found if path.suffix in {".tif", ".tiff", ".vrt"} and path.stat().st_size <= _MOST_BYTES
    )


def _write(path: Path, options: dict[str, Any]) -> None:
    rng = np.random.default_rng(len(path.name))
    blocks = rng.integers(1, 15 if "nbits" in options else 120, (options["count"], 6, 8))
    pixels = np.kron(blocks, np.ones((1, 5, 5))).astype(options["dtype"])
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(0.5, 0, 5e5, 0, -0.5, 5.4e6)}
    with rasterio.open(path, "w", width=40, height=30, **place, **options) as dataset:
        dataset.write(pixels)


def _decorate(folder: Path) -> None:
    with rasterio.open(folder / "strips.tif", "r+") as dataset:
        dataset.update_tags(TIFFTAG_SOFTWARE="a program", TIFFTAG_DATETIME="2020:01:02 03:04:05", anything="<&>")
        dataset.set_band_description(1, "red")
    with rasterio.open(folder / "tiles.tif", "r+") as dataset:
        dataset.build_overviews([2, 4], Resampling.nearest)
        dataset.write_mask(np.eye(30, 40) * 255)
    with rasterio.open(folder / "packbits.tif", "r+") as dataset:
        dataset.write_colormap(1, {value: (value, 255 - value, 7, 255) for value in range(120)})
    with rasterio.open(folder / "doubles.tif", "r+") as dataset:
        corners = ((0, 0), (0, 40), (30, 0), (30, 40))
        dataset.gcps = [GroundControlPoint(row, column, column / 9, row / 9) for row, column in corners], dataset.crs


def _vrt(source: str) -> str:
    rect = 'xOff="0" yOff="0" xSize="40" ySize="30"'
    bands = "".join(
        f'<VRTRasterBand dataType="Float32" band="{band}"><NoDataValue>-9</NoDataValue><ComplexSource>'
        f'<SourceFilename relativeToVRT="1">{source}</SourceFilename><SourceBand>{band}</SourceBand>'
        f"<SrcRect {rect}/><DstRect {rect}/><ScaleOffset>1</ScaleOffset></ComplexSource></VRTRasterBand>"
        for band in (1, 2, 3)
    )
    return (
        '<VRTDataset rasterXSize="40" rasterYSize="30"><SRS>EPSG:32633</SRS>'
        f"<GeoTransform>500000, 0.5, 0, 5400000, 0, -0.5</GeoTransform>{bands}</VRTDataset>"
    )
