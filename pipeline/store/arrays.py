"""Named arrays in one compressed file, read without pickle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

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
