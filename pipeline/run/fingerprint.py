"""What a result depends on, as one number."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline.config import Config
from pipeline.raster.source import Source
from pipeline.train.device import pick_device


def result_identity(config: Config, versions: Mapping[str, str]) -> dict[str, Any]:
    """Collect what the bytes of a result follow from, beside the scene: settings, versions, kind of device.

    Sections that only say where work is done and how results are packed are left out.
    """
    settings = config.model_dump(mode="json", exclude={"cluster", "objects", "output", "prior"})
    if config.prior.file is not None:
        settings["prior"] = hashlib.sha256(config.prior.file.read_bytes()).hexdigest()
    return {
        "settings": settings,
        "versions": dict(versions),
        "device": pick_device(config.cluster.device),
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


def fingerprint(content: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hex."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def run_fingerprint(identity: object, source: Source) -> str:
    """Name a run of one scene: records in the work directory are of this scene, as it is now, and of these settings."""
    return fingerprint([identity, _scene(source), source.spec.shape, source.bands])


def dataset_fingerprint(identity: object, sources: Iterable[Source]) -> str:
    """Name a run of several scenes that share a prior."""
    return fingerprint([identity, *([_scene(source), source.spec.shape, source.bands] for source in sources)])


def _scene(source: Source) -> dict[str, Any]:
    """Tell a scene, as it is now, from all others."""
    scene: dict[str, Any] = {"path": source.path, "window": source.window and source.window.__dict__}
    if os.path.exists(source.path):  # noqa: PTH110 - may be a URL or /vsi path
        status = Path(source.path).stat()
        scene |= {"size": status.st_size, "modified": status.st_mtime_ns}
    return scene
