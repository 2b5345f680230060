"""What kind of file an output is, by its name."""

from dataclasses import dataclass

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
JSON, GEOJSON = "application/json", "application/geo+json"


@dataclass(frozen=True)
class Kind:
    """A kind of file."""

    media_type: str
    roles: tuple[str, ...]
    own: bool = True
    """Whether no file of another kind has its stem, so that an asset can be named by that alone."""


# The longer suffixes first. Formats without a registered media type have the one that their makers or STAC's own
# documents use.
_KINDS = {
    ".aux.xml": Kind("application/xml", ("metadata",), own=False),
    ".tif": Kind(COG, ("data",)),
    ".gpkg": Kind("application/geopackage+sqlite3", ("data",), own=False),
    ".fgb": Kind("application/vnd.flatgeobuf", ("data",), own=False),
    ".parquet": Kind("application/vnd.apache.parquet", ("data",), own=False),
    ".geojson": Kind(GEOJSON, ("data",), own=False),
    ".csv": Kind("text/csv", ("data",), own=False),
    ".qml": Kind("application/xml", ("style",), own=False),
    ".sld": Kind("application/vnd.ogc.sld+xml", ("style",), own=False),
    ".png": Kind("image/png", ("thumbnail", "overview")),
    ".html": Kind("text/html", ("metadata",)),
    ".json": Kind(JSON, ("metadata",)),
    ".pt": Kind("application/octet-stream; application=pytorch", ("model",)),
}
_UNKNOWN = Kind("application/octet-stream", ("data",), own=False)


def kind_of(name: str) -> Kind:
    """Return the kind of a file of this name."""
    return next((kind for suffix, kind in _KINDS.items() if name.endswith(suffix)), _UNKNOWN)


def key_of(name: str) -> str:
    """Return the key of a file's asset: its stem, or all of its name where another file may have the stem."""
    return name.rsplit(".", 1)[0] if kind_of(name).own else name
