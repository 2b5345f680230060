"""How results are written."""

from typing import Literal

from pydantic import Field, PositiveInt, field_validator

from pipeline.config.section import Section


class OutputConfig(Section):
    """Number of classes in the map, compression of the rasters, size of the preview."""

    classes: int = Field(default=8, ge=0)
    """Classes of classes.tif, merged from those that the run finds; all of them are in finest.tif, and `aerialseg
    relabel` chooses another number afterwards. 0: all."""

    products: tuple[str, ...] = ("classes", "objects", "vector", "style", "stac", "report")
    """What is made: classes (the rasters of classes and the preview) always; objects (objects.tif), vector (their
    polygons), style (for GIS programs), stac (item.json), report (report.html) and animation (merge.gif) if named."""

    levels: tuple[PositiveInt, ...] = (4, 8, 16)
    """Numbers of classes that outputs tell of beside their own, where a run has that many."""

    vector: Literal["gpkg", "fgb", "parquet"] = "gpkg"
    """Format of the polygons: GeoPackage, FlatGeobuf, or GeoParquet, which needs the extra `parquet`."""

    simplify: float = Field(default=0.0, ge=0)
    """Polygons' outlines are simplified until triangles of this side in pixels are gone; neighbours keep sharing them.
    All polygons are then held in memory. 0: they follow the pixels."""

    compression: Literal["deflate", "zstd"] = "deflate"
    """Compression of the rasters; deflate opens everywhere."""

    preview: int = Field(default=1000, ge=64, le=4096)
    """Longer side of each of the preview's two pictures, in pixels at most."""

    @field_validator("classes")
    @classmethod
    def _classes_merge_to_two(cls, value: int) -> int:
        if value == 1:
            msg = "one class says nothing; give 2 or more, or 0 for all"
            raise ValueError(msg)
        return value
