"""A gently bent frame (v, u) in which the roads and fields of a scene are straight."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from pipeline.synthetic.noise import Floats

_SINE = 0.05
"""Swing of the bend, as a share of the scene's side; at most 25 pixels."""

_SLOPE = 0.08
"""Most that the frame leans, in pixels per pixel."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Wave:
    """A lean and a swing along one axis, in pixels, nowhere larger than a fifth of the other axis."""

    centre: float
    slope: float
    swing: float
    length: float
    phase: float

    def __call__(self, position: Numbers) -> Numbers:
        """Return the displacement at positions along the axis."""
        swing = self.swing * np.sin(2 * pi * position / self.length + self.phase)
        return np.asarray(self.slope * (position - self.centre) + swing, dtype=np.float64)


@dataclass(frozen=True)
class Warp:
    """v = y + down(x), u = x + right(y), for a scene of `shape` (h, w)."""

    shape: tuple[int, int]
    down: Wave
    right: Wave

    @classmethod
    def draw(cls, rng: np.random.Generator, shape: tuple[int, int]) -> "Warp":
        """Draw one; a line of equal u runs from the upper to the lower edge, one of equal v from left to right."""
        rows, columns = shape
        return cls(shape, down=_wave(rng, columns, rows), right=_wave(rng, rows, columns))

    @cached_property
    def margin(self) -> int:
        """How far v and u may leave the scene's rows and columns, in whole pixels."""
        return ceil(max(float(np.abs(shift).max()) for shift in self._shifts())) + 1

    def frame(self) -> tuple[Floats, Floats]:
        """Return v and u of every pixel, (h, w) each."""
        down, right = (shift.astype(np.float32) for shift in self._shifts())
        rows, columns = (np.arange(length, dtype=np.float32) for length in self.shape)
        return rows[:, None] + down, columns + right[:, None]

    def pixels(self, v: Numbers, u: Numbers) -> tuple[Numbers, Numbers]:
        """Return the rows and columns where v and u are as given, to a hundredth of a pixel."""
        y, x = v, u
        for _ in range(8):
            y, x = v - self.down(x), u - self.right(y)
        return y, x

    def _shifts(self) -> tuple[Numbers, Numbers]:
        return self.down(np.arange(self.shape[1], dtype=np.float64)), self.right(
            np.arange(self.shape[0], dtype=np.float64)
        )


def _wave(rng: np.random.Generator, along: int, across: int) -> Wave:
    return Wave(
        centre=along / 2,
        slope=rng.uniform(-1, 1) * min(_SLOPE, 0.2 * across / along),
        swing=min(25.0, _SINE * across),
        length=rng.uniform(600, 1000),
        phase=rng.uniform(0, 2 * pi),
    )
