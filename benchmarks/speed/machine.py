"""The machine that was measured on, in words that name nobody."""

import platform
from importlib.metadata import version
from pathlib import Path

import psutil

from pipeline.raster.source import gdal_version
from pipeline.run.machine import cores

_PACKAGES = ("numpy", "numba", "torch", "rasterio", "dask")


def describe_machine() -> dict[str, str]:
    """Return what times depend on."""
    return {
        "cores": str(cores()),
        "processor": _processor(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "versions": ", ".join(
            [
                f"Python {platform.python_version()}",
                f"GDAL {gdal_version()}",
                *(f"{one} {version(one)}" for one in _PACKAGES),
            ]
        ),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
