"""GeoParquet (OGC, version 1.1) from a collected layer, batch by batch; it needs the extra `parquet`."""

import json
from importlib.util import find_spec
from pathlib import Path

import pyogrio
from rasterio.crs import CRS

from pipeline.errors import ConfigError
from pipeline.raster.dataset import gdal_env


def check_parquet() -> None:
    """Refuse the format where what it needs is not installed.

    Raises:
        ConfigError: it is not.
    """
    if find_spec("pyarrow") is None:
        raise ConfigError('output.vector = "parquet" needs pyarrow; install it, with: pip install "aerialseg[parquet]"')


def write_geoparquet(collected: Path, layer: str, path: Path, crs: str | None) -> None:
    """Copy a layer of polygons.

    Args:
        collected: a file that GDAL reads.
        layer: of it.
        path: to make.
        crs: reference system as WKT.

    Raises:
        OSError: it cannot be written.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    bounds = pyogrio.read_info(collected, layer=layer, force_total_bounds=True)["total_bounds"]
    with pyogrio.raw.open_arrow(collected, layer=layer) as (meta, stream):
        reader = pa.RecordBatchReader.from_stream(stream)
        column = meta["geometry_name"]
        told = {"version": "1.1.0", "primary_column": column, "columns": {column: _geometry(crs, bounds)}}
        schema = reader.schema.with_metadata({"geo": json.dumps(told)})
        with ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)


def _geometry(crs: str | None, bounds: tuple[float, ...] | None) -> dict[str, object]:
    told: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": None}
    if crs is not None:
        with gdal_env():
            told["crs"] = CRS.from_wkt(crs).to_dict(projjson=True)
    if bounds is not None:
        told["bbox"] = list(bounds)
    return told
