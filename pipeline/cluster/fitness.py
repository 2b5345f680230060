"""Before work begins, every worker proves that it is fit for the run."""

import hashlib
import os
import platform
import socket
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline import __version__
from pipeline.box import Box
from pipeline.cluster.executor import Executor
from pipeline.errors import AerialsegError, OutputError, WorkerError
from pipeline.raster.source import Source, gdal_version, read

_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-image",
    "numba",
    "llvmlite",
    "torch",
    "rasterio",
    "dask",
    "distributed",
)


@cache
def code_version() -> str:
    """Return a hash of this program's source: between releases the version number stands still, results do not."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Return the versions that results depend on: this program, Python, packages, GDAL."""
    found = {name: version(name) for name in _PACKAGES}
    return {
        "aerialseg": __version__,
        "code": code_version(),
        "python": platform.python_version(),
        "gdal": gdal_version(),
        **found,
    }


def complaint(expected: dict[str, str], source: Source, work: Path) -> str | None:
    """Say in one sentence why this worker cannot take part; None when it can."""
    host = socket.gethostname()
    found = versions()
    for name, wanted in expected.items():
        if found[name] != wanted:
            return f"worker on {host} has {name} {found[name]}, this program {wanted}; install the same versions there"
    try:
        read(source, Box(0, 0, 1, 1))
    except AerialsegError as error:
        return f"worker on {host} cannot open the scene: {error}"
    probe = work / f".probe-{host}-{os.getpid()}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return f"{work}: a worker on {host} cannot write there ({error.strerror}); choose another folder with --work"
    return None


def prove_fitness(executor: Executor, source: Source, work: Path) -> None:
    """Ask every worker; raise the first complaint.

    Raises:
        WorkerError: a worker has other versions, cannot open the scene or cannot write to the work directory.
        OutputError: the work directory cannot be made.
    """
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{work}: cannot be made ({error.strerror}); choose another --out or --work") from None
    for answer in executor.everywhere(complaint, versions(), source, work):
        if answer is not None:
            raise WorkerError(answer)
