"""Named arrays in one file, read without pickle: a zip archive of .npy files, each compressed by Zstandard.

zlib, which archives have of their own, takes twice to four times as long and gives larger files.
"""

import struct
from collections.abc import Mapping
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib.format import read_array, write_array
from numpy.typing import NDArray
from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from pipeline.errors import OutputError
from pipeline.files import replacing

_MARK = "mark"
# Higher ones make segments hardly smaller.
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
    ZstdError,
)


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], mark: str) -> None:
    """Write arrays to a file, whole or not at all; `mark` says of which run and place they are.

    Whether they have reached the disk is not waited for: what a power failure cuts short has wrong checksums.
    """
    marked = {_MARK: np.frombuffer(mark.encode(), dtype=np.uint8), **arrays}
    compressor = ZstdCompressor(level=_LEVEL)
    with replacing(path, durable=False) as temporary, ZipFile(temporary, "w") as file:
        for name, array in marked.items():
            content = BytesIO()
            write_array(content, np.asanyarray(array), allow_pickle=False)
            file.writestr(ZipInfo(_member(name)), compressor.compress(content.getbuffer()))


def load_arrays(path: Path, *names: str) -> list[NDArray[Any]] | None:
    """Read some arrays of a file; None when it is absent or damaged, which both mean: make it again."""
    decompressor = ZstdDecompressor()
    try:
        with ZipFile(path) as file:
            # Read to its end, where the checksum is compared: numpy.load stops short of it now and then.
            unpacked = (BytesIO(decompressor.decompress(file.read(_member(name)))) for name in names)
            return [read_array(content, allow_pickle=False) for content in unpacked]
    except _DAMAGE:
        return None


def load_marked(path: Path, mark: str, *names: str) -> list[NDArray[Any]] | None:
    """Read some arrays of a file with this mark; None when it is absent, damaged, or has another one."""
    found = load_arrays(path, _MARK, *names)
    return found[1:] if found is not None and found[0].tobytes() == mark.encode() else None


def is_there(path: Path, mark: str) -> bool:
    """Tell whether a file is there with this mark, and every checksum in it is right."""
    try:
        with ZipFile(path) as file:
            if file.testzip() is not None:
                return False
    except _DAMAGE:
        return False
    return load_marked(path, mark) is not None


def need_arrays(path: Path, *names: str) -> list[NDArray[Any]]:
    """Read some arrays of a file that must be there; a damaged one is removed, so that it is made again.

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


def _member(name: str) -> str:
    return f"{name}.npy.zst"
