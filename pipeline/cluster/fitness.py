"""Before work begins, every worker proves that it is fit for the run."""

import hashlib
import platform
import socket
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pipeline import __version__
from pipeline.box import Box
from pipeline.cluster.executor import Executor
from pipeline.errors import AerialsegError, OutputError, WorkerError
from pipeline.files import temporary_beside
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


def complaint(expected: dict[str, str], source: Source, marks: Mapping[str, Path]) -> str | None:
    """Say in one sentence why this worker cannot take part; None when it can.

    Args:
        expected: versions of the program that asks.
        source: the scene.
        marks: by the setting that names its folder, a file that the program has left there.
    """
    host = socket.gethostname()
    found = versions()
    for name, wanted in expected.items():
        if found[name] != wanted:
            return f"worker on {host} has {name} {found[name]}, this program {wanted}; install the same versions there"
    try:
        read(source, Box(0, 0, 1, 1))
    except AerialsegError as error:
        return f"worker on {host} cannot open the scene: {error}"
    for setting, mark in marks.items():
        probe = temporary_beside(mark.with_name("probe"))
        try:
            if not mark.exists():
                return (
                    f"{mark.parent}: is another folder for the worker on {host}; choose one on storage that all"
                    f" machines share, with {setting}"
                )
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            why = f"cannot write there ({error.strerror})"
            return f"{mark.parent}: a worker on {host} {why}; choose another folder with {setting}"
    return None


def prove_fitness(executor: Executor, source: Source, folders: Mapping[str, Path]) -> None:
    """Ask every worker; raise the first complaint.

    Args:
        executor: of the workers.
        source: the scene.
        folders: by the setting that names it, each folder that workers write to.

    Raises:
        WorkerError: a worker has other versions, cannot open the scene, cannot write to a folder, or has another in its
            place.
        OutputError: a folder cannot be made or written to.
    """
    marks = {setting: temporary_beside(folder / "mark") for setting, folder in folders.items()}
    try:
        for setting, mark in marks.items():
            try:
                mark.parent.mkdir(parents=True, exist_ok=True)
                mark.touch()
            except OSError as error:
                why = f"cannot be made or written to ({error.strerror})"
                raise OutputError(f"{mark.parent}: {why}; choose another {setting}") from None
        for answer in executor.everywhere(complaint, versions(), source, marks):
            if answer is not None:
                raise WorkerError(answer)
    finally:
        for mark in marks.values():
            with suppress(OSError):
                mark.unlink(missing_ok=True)
