"""Which part of a scene is compared: fixed by its size alone, so that no one chooses."""

from itertools import product

from pipeline.box import Box

SIDE = 1024
"""Longest side of a window in pixels."""


def windows(shape: tuple[int, int]) -> list[Box]:
    """Return the windows of a scene of so many rows and columns.

    A side of two windows or more has one in the middle of each half, so that a large scene has four, centred in its
    quadrants; a shorter side has one in its middle; a scene no larger than a window is taken whole.
    """
    rows, columns = (_spans(length) for length in shape)
    return [Box(top, left, bottom, right) for (top, bottom), (left, right) in product(rows, columns)]


def _spans(length: int) -> list[tuple[int, int]]:
    parts = 2 if length >= 2 * SIDE else 1
    part, side = length // parts, min(SIDE, length)
    starts = [index * part + (part - side) // 2 for index in range(parts)]
    return [(start, start + side) for start in starts]
