"""When an image was taken, as its tags tell."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rasterio.io import DatasetReader

from pipeline.raster.dataset import opened

# Domain and tag, the one that says most surely when the shutter opened first: GDAL's reading of satellites' metadata,
# EXIF of a GeoTIFF and of a JPEG, and TIFF's own tag, which any program that rewrites the file may set anew.
_TAGS = (
    ("IMAGERY", "ACQUISITIONDATETIME"),
    ("EXIF", "EXIF_DateTimeOriginal"),
    (None, "EXIF_DateTimeOriginal"),
    (None, "TIFFTAG_DATETIME"),
)
_ZONES = {"EXIF_DateTimeOriginal": "EXIF_OffsetTimeOriginal"}


@dataclass(frozen=True)
class Acquired:
    """When an image was taken."""

    moment: datetime
    """In UTC."""

    tag: str
    """That tells it."""


def find_acquired(path: str, *, remote: bool = False) -> Acquired | None:
    """Look for a moment in a raster's tags; None where there is none that is a date.

    A tag that tells no time zone is taken for UTC.

    Args:
        path: what GDAL opens.
        remote: whether the network may be used for what the file refers to.

    Raises:
        InputError: it cannot be opened.
    """
    with opened(path, remote=remote) as dataset:
        for domain, tag in _TAGS:
            moment = _read(dataset, domain, tag)
            if moment is not None:
                return Acquired(moment, tag)
    return None


def _read(dataset: DatasetReader, domain: str | None, tag: str) -> datetime | None:
    tags = dataset.tags(ns=domain)
    day, _, time = tags.get(tag, "").strip(" \0").replace("T", " ").partition(" ")
    # TIFF and EXIF part a day's numbers by colons.
    text = f"{day.replace(':', '-')} {time}{tags.get(_ZONES.get(tag, ''), '')}"
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
