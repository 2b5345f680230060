"""Named arrays in one compressed file, read without pickle."""

import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import numpy as np
from numpy.lib.format import read_array, write_array
from numpy.typing import NDArray

from pipeline.errors import OutputError
from pipeline.files import replacing

_MARK = "mark"
# Of segments it takes a third of the time of zlib's own level 6, for twice the bytes: of a tile, a third of a megabyte.
_LEVEL = 1
# What reading a file with a wrong byte anywhere may raise.
_DAMAGE = (
    OSError,
    LookupError,
    ValueError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    BadZipFile,
    zlib.error,
)


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], mark: str) -> None:
    """Write arrays to a .npz file, whole or not at all; `mark` says of which run and place they are.

    Whether they have reached the disk is not waited for: what a power failure cuts short has wrong checksums.
    """
    marked = {_MARK: np.frombuffer(mark.encode(), dtype=np.uint8), **arrays}
    with (
        replacing(path, durable=False) as temporary,
        ZipFile(temporary, "w", compression=ZIP_DEFLATED, compresslevel=_LEVEL) as file,
    ):
        for name, array in marked.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                write_array(member, np.asanyarray(array), allow_pickle=False)


def load_arrays(path: Path, *names: str) -> list[NDArray[Any]] | None:
    """Read some arrays of a .npz file; None when it is absent or damaged, which both mean: make it again."""
    try:
        with ZipFile(path) as file:
            # Read to its end, where the checksum is compared: numpy.load stops short of it now and then.
            return [read_array(BytesIO(file.read(f"{name}.npy")), allow_pickle=False) for name in names]
    except _DAMAGE:
        return None


def load_marked(path: Path, mark: str, *names: str) -> list[NDArray[Any]] | None:
    """Read some arrays of a .npz file with this mark; None when it is absent, damaged, or has another one."""
    found = load_arrays(path, _MARK, *names)
    return found[1:] if found is not None and found[0].tobytes() == mark.encode() else None


def is_there(path: Path, mark: str) -> bool:
    """Tell whether a .npz file is there with this mark, and every checksum in it is right."""
    try:
        with ZipFile(path) as file:
            if file.testzip() is not None:
                return False
    except _DAMAGE:
        return False
    return load_marked(path, mark) is not None


def need_arrays(path: Path, *names: str) -> list[NDArray[Any]]:
    """Read some arrays of a .npz file that must be there; a damaged one is removed, so that it is made again.

    Raises:
        OutputError: it is absent or damaged.
    """
    arrays = load_arrays(path, *names)
    if arrays is None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise OutputError(
            f"{path}: a finished tile's file is gone or damaged; run the same command again to make it anew"
        )
    return arrays
