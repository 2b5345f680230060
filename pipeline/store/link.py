"""What two neighbouring tiles have in common."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.store.arrays import need_arrays, save_arrays


def save_link(path: Path, pairs: NDArray[np.int64], agreement: NDArray[np.int64], mark: str) -> None:
    """Write a link, whole or not at all.

    Args:
        path: where.
        pairs: (k, 2): segments of the first and of the second tile that are one.
        agreement: (m, 3): label of the first tile, of the second, pixels of the overlap that have both.
        mark: tells it from all others.
    """
    save_arrays(path, {"pairs": pairs, "agreement": agreement}, mark)


def load_pairs(path: Path) -> NDArray[Any]:
    """Read the pairs of segments that are one."""
    return need_arrays(path, "pairs")[0]


def load_agreement(path: Path) -> NDArray[Any]:
    """Read the contingency of labels."""
    return need_arrays(path, "agreement")[0]
