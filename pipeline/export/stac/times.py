"""When a scene was taken, as STAC wants it said."""

import json
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.export.product import Finished
from pipeline.raster.acquired import find_acquired

# STAC has no word for a time that nobody knows: datetime may be null, but a start and an end must then be told, and
# neither may be left open. So the item says what is certain: not before the first aerial photograph (Nadar, 1858), and
# no end. The file's own time says when it was copied, and today's when it was segmented; a search would take either
# for the scene's. The end is the one that STAC's extension for machine learning models has for "no end".
_UNKNOWN = {"start_datetime": "1858-01-01T00:00:00Z", "end_datetime": "9999-12-31T23:59:59Z"}
_TAG = "aerialseg:datetime_tag"
_FIELDS = ("datetime", *_UNKNOWN, _TAG)


def times_of(finished: Finished) -> dict[str, Any]:
    """Return the fields that tell when the scene was taken; `datetime` is None where its tags do not tell it.

    Raises:
        InputError: the image is gone, and no earlier item of the run tells either.
    """
    try:
        image = finished.image()
        acquired = find_acquired(image.path, remote=image.remote)
    except InputError:
        earlier = _read(finished.finest_map.with_name("item.json"))
        if earlier is None:
            raise
        return earlier
    if acquired is None:
        return {"datetime": None, **_UNKNOWN}
    return {"datetime": acquired.moment.isoformat().replace("+00:00", "Z"), _TAG: acquired.tag}


def _read(path: Path) -> dict[str, Any] | None:
    """Return what an earlier item says."""
    try:
        properties = json.loads(path.read_text(encoding="utf-8"))["properties"]
        return {key: properties[key] for key in _FIELDS if key == "datetime" or key in properties}
    except (OSError, ValueError, LookupError, TypeError):
        return None
