"""What a STAC item says of its scene: place, pixels, and what made it."""

from typing import Any

from pipeline.export.product import Finished
from pipeline.raster.place import is_placed
from pipeline.raster.reference import code_of, wkt2_of
from pipeline.raster.spec import RasterSpec

PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
# Of 1.2, the fields used here say the same; this is the version whose schema the tests hold them against.
PROCESSING = "https://stac-extensions.github.io/processing/v1.0.0/schema.json"


def projection_of(spec: RasterSpec) -> dict[str, Any]:
    """Describe the pixels of a raster and where they lie.

    A raster that only control points place has no system that its pixels are in, and the code is then null, as it is
    where there is none at all; a system that has no code is told as WKT 2.
    """
    fields: dict[str, Any] = {"proj:code": None}
    if is_placed(spec):
        code = code_of(str(spec.crs))
        text = wkt2_of(str(spec.crs)) if code is None else None
        fields = {"proj:code": code} if text is None else {"proj:code": None, "proj:wkt2": text}
    fields["proj:shape"] = list(spec.shape)
    if spec.transform is not None and spec.bounds is not None:
        fields |= {"proj:transform": list(spec.transform), "proj:bbox": list(spec.bounds)}
    return fields


def processing_of(finished: Finished) -> dict[str, Any]:
    """Say what made the classes, and from which settings; nothing depends on when or where the run was."""
    record, tags = finished.record, finished.style.tags
    config = record["config"]
    bands = record["scene"]["bands"]
    which = f"band{'s'[: len(bands) > 1]} {', '.join(str(band) for band in bands)}"
    found, kept = len(finished.finest.classes), len(finished.level.classes)
    return {
        "processing:software": {"aerialseg": str(record["versions"]["aerialseg"])},
        "processing:lineage": (
            f"Segmented without labels from {tags['AERIALSEG_INPUT']} ({which}):"
            f" pre-segments by {config['presegment']['method']}, training of scope {config['train']['scope']},"
            f" {found} classes found, {f'merged to {kept}' if kept < found else 'all kept'}."
        ),
        "aerialseg:seed": int(config["seed"]),
        "aerialseg:config_fingerprint": str(record["config_fingerprint"]),
        "aerialseg:classes": kept,
    }
