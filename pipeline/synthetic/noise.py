"""Random surfaces: independent values on a lattice, interpolated smoothly between (value noise)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Floats:
    """Draw a smooth surface (h, w) of mean about 0 within -1 to 1, whose bumps are about `cell` pixels wide.

    No matrix product takes part: its rounding would follow the number of arithmetic threads.
    """
    rows, columns = (int(length / cell) + 3 for length in shape)
    lattice = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    # A random phase, so that the lattice's lines of one surface are not those of the next.
    phase_y, phase_x = rng.uniform(0, 1, 2)
    y, fade_y = _places(shape[0], cell, phase_y)
    x, fade_x = _places(shape[1], cell, phase_x)
    between_rows = _between(lattice[y], lattice[y + 1], fade_y[:, None])
    return _between(between_rows[:, x], between_rows[:, x + 1], fade_x)


def _places(length: int, cell: float, phase: float) -> tuple[NDArray[np.intp], Floats]:
    position = np.arange(length) / cell + phase
    whole = position.astype(np.intp)
    part = position - whole
    return whole, (part * part * (3 - 2 * part)).astype(np.float32)


def _between(low: Floats, high: Floats, share: Floats) -> Floats:
    high -= low
    high *= share
    high += low
    return high
