"""What a result depends on, as one number."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from pipeline.config import ClusterConfig, Config
from pipeline.device import gpu_models, pick_device
from pipeline.files import sha256_of
from pipeline.raster.references import references
from pipeline.raster.source import Source
from pipeline.run.machine import instructions

# Settings that results do not follow from.
_NO_PART: dict[str, bool | set[str]] = {
    "cluster": True,
    "objects": True,
    "output": True,
    "prior": True,
    "input": {"allow_remote"},
}


def result_identity(config: Config, versions: Mapping[str, str]) -> dict[str, Any]:
    """Collect what the bytes of a result follow from, beside the scene: settings, versions, kind of device.

    Sections that only say where work is done and how results are packed are left out.
    """
    settings = config.model_dump(mode="json", exclude=_NO_PART)
    if config.prior.file is not None:
        settings["prior"] = sha256_of(config.prior.file)
    return {
        "settings": settings,
        "versions": dict(versions),
        "device": _device(config.cluster),
        "instructions": instructions(),
    }


def _device(cluster: ClusterConfig) -> str:
    """Name what networks run on: each model of a GPU rounds in its own way, as each processor's instructions do."""
    if cluster.slurm is not None:
        return "cuda" if cluster.device == "cuda" or (cluster.slurm.gpus and cluster.device == "auto") else "cpu"
    if cluster.scheduler is not None and cluster.device != "auto":
        # It need not be here.
        return cluster.device
    kind = pick_device(cluster.device)
    return kind if kind == "cpu" else f"{kind}: {gpu_models()}"


def fingerprint(content: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def run_fingerprint(identity: object, source: Source) -> str:
    """Name a run of one scene: records in the work directory are of this scene, as it is now, and of these settings."""
    return fingerprint([identity, _scene(source)])


def dataset_fingerprint(identity: object, sources: Iterable[Source]) -> str:
    """Name a run of several scenes that share a prior."""
    return fingerprint([identity, *(_scene(source) for source in sources)])


def _scene(source: Source) -> dict[str, Any]:
    """Tell a scene, as it is now, from all others; a VRT is what its sources are."""
    # What files beside it say of place and nodata is in the header; a mask beside it is not.
    header = asdict(replace(source, pieces=(), around=None, remote=False))
    palette = source.palette and source.palette.hex()
    scene: dict[str, Any] = {**header, "palette": palette, "mask": _state(f"{source.path}.msk")}
    scene |= _state(source.path)
    parts = references(source.path, remote=source.remote)
    if parts:
        scene["parts"] = fingerprint([{"name": one.name} | _state(one.name) for one in parts])
    return scene


def _state(path: str) -> dict[str, int]:
    """Return size and time of a file; of a URL or what else is no file, nothing."""
    try:
        status = os.stat(path)  # noqa: PTH116 - may be no path
    except (OSError, ValueError):
        return {}
    return {"size": status.st_size, "modified": status.st_mtime_ns}
