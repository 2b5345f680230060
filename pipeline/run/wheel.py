"""Files out of a published wheel, without installing it."""

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.files import sha256_of

_PATIENCE_S = 180
"""How long pip may take, in seconds."""


class FetchError(Exception):
    """Why the wheel could not be had, as a clause that follows a `because`."""


@dataclass(frozen=True)
class Wheel:
    """One file of the package index."""

    name: str
    version: str
    sha256: str


def fetch(wheel: Wheel, members: tuple[str, ...]) -> dict[str, bytes]:
    """Download a wheel with pip, as the user has configured it, and return the content of some of its files.

    Raises:
        FetchError: there is no pip, no network or no such wheel, or it is not the file that was expected.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = _downloaded(wheel, Path(folder))
            if sha256_of(path) != wheel.sha256:
                raise FetchError(f"{path.name} as downloaded has not the sha256 {wheel.sha256}")
            with zipfile.ZipFile(path) as archive:
                return {member: archive.read(member) for member in members}
    except OSError as error:
        raise FetchError(f"there is no room for a download ({error})") from None


def _downloaded(wheel: Wheel, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check"]
    # Nothing of the package is ever run, so that it need not fit this Python.
    command += ["--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 - this Python's own pip, with fixed arguments
            [*command, f"{wheel.name}=={wheel.version}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"pip took longer than {_PATIENCE_S} seconds") from None
    found = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not found:
        raise FetchError(
            f"pip did not download {wheel.name} {wheel.version} - is there a network? ({_complaint(done.stderr)})"
        )
    return found[0]


def _complaint(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[-1].rstrip(".")
