"""Named arrays in one compressed file, read without pickle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import OutputError
from pipeline.files import replacing


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays to a .npz file, whole or not at all."""
    with replacing(path) as temporary:
        np.savez_compressed(temporary, allow_pickle=False, **dict(arrays))


def load_arrays(path: Path, *names: str) -> list[NDArray[Any]] | None:
    """Read some arrays of a .npz file; None when it is absent or damaged, which both mean: make it again."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return [file[name] for name in names]
    except (OSError, KeyError, ValueError, EOFError, BadZipFile):
        return None


def need_arrays(path: Path, *names: str) -> list[NDArray[Any]]:
    """Read some arrays of a .npz file that must be there.

    Raises:
        OutputError: it is absent or damaged.
    """
    arrays = load_arrays(path, *names)
    if arrays is None:
        raise OutputError(
            f"{path}: a finished tile's file is gone or damaged; run the same command again to make it anew"
        )
    return arrays
