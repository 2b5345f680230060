"""Files appear whole or not at all."""

import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.errors import OutputError

# An innermost list in indented JSON; within a string there is no line break.
_INNERMOST = re.compile(r"\[\n[^][{}]*\]")
# What a killed process has left: .name.123.0a1b2c3d.tif and whatever a library put beside it.
_TEMPORARY = re.compile(r"\..+\.\d+\.[0-9a-f]{8}(\.[^.]+)*(-journal|-wal|-shm)?")


@contextmanager
def replacing(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`; what was written there takes its place when the block ends well.

    The temporary name keeps the suffix, because libraries choose formats by it, and is removed on any error. If
    `durable`, data reach the disk before the name does, which takes a tenth of a second at times.

    Raises:
        OutputError: the disk is full or failing, or the block's OSError says so.
    """
    temporary = temporary_beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if durable:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> OutputError:
    """Say in one sentence that a file cannot be written, and why."""
    reason = error.strerror or " ".join(str(error).split())
    return OutputError(
        f"{path}: cannot be written ({reason}); make room or make it writable, then run the same command again"
    )


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file, whole or not at all; see `replacing` for `durable` and errors."""
    with replacing(path, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, content: object) -> None:
    """Write indented JSON, whole or not at all; a list of numbers or texts takes one line."""
    write_text(path, _INNERMOST.sub(_on_one_line, json.dumps(content, indent=1)) + "\n")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex; it is read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder reach the disk, where the system can do that."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def temporary_beside(path: Path) -> Path:
    """Return a temporary path of which `sweep` knows that it is one."""
    return path.with_name(f".{path.stem}.{os.getpid()}.{secrets.token_hex(4)}{path.suffix}")


def sweep(folder: Path, *, older_than: float = 0.0) -> None:
    """Remove the temporary files that killed processes have left in a folder.

    Args:
        folder: nobody may be writing there.
        older_than: seconds; younger files stay, for those who may.
    """
    with suppress(OSError):
        for file in folder.iterdir():
            if _TEMPORARY.fullmatch(file.name) and file.is_file() and time.time() - file.stat().st_mtime >= older_than:
                file.unlink(missing_ok=True)


def _on_one_line(found: re.Match[str]) -> str:
    return re.sub(r"\n *", " ", re.sub(r"(?<=\[)\n *|\n *(?=\])", "", found[0]))
