"""sRGB to CIE Lab under D65 (IEC 61966-2-1, CIE 15), as scikit-image does it, to some 1e-5 of a unit."""

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.compiled import compiled

# Linear light at even steps of the sRGB value; between them it is straight to 1e-7.
_STEPS = 4096
_VALUES = np.arange(_STEPS + 2) / _STEPS
_DARK = 0.04045
_LIGHT = np.where(_VALUES > _DARK, ((_VALUES + 0.055) / 1.055) ** 2.4, _VALUES / 12.92).astype(np.float32)
_RGB_TO_XYZ = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
_WHITE = np.array([[0.95047], [1.0], [1.08883]])
_MATRIX = (_RGB_TO_XYZ / _WHITE).astype(np.float32)
# Up to the first, CIE takes a straight line in place of the cube root: its slope, and its value at 0.
_LINE = np.array([0.008856, 7.787, 16 / 116], np.float32)
# A third of a float's bits, and this, are about the bits of its cube root.
_CUBE_ROOT = np.uint32(0x2A514067)
_CHUNK = 1024


def lab(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert (3, n) sRGB of 0..1 to (3, n) L, a, b; what is beyond counts as 0 or 1, what is no number as 0."""
    out = np.empty(colours.shape, np.float32)
    _convert(colours, _LIGHT, _MATRIX, _LINE, out)
    return out


@compiled
def _convert(
    colours: NDArray[np.float32],
    table: NDArray[np.float32],
    matrix: NDArray[np.float32],
    line: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    size = colours.shape[1]
    light, roots = np.empty((3, _CHUNK), np.float32), np.empty((3, _CHUNK), np.float32)
    for start in range(0, size, _CHUNK):
        length = min(_CHUNK, size - start)
        for band in range(3):
            _linear(colours[band, start : start + length], table, light[band])
        for row in range(3):
            red, green, blue = matrix[row]
            for i in range(length):
                roots[row, i] = red * light[0, i] + green * light[1, i] + blue * light[2, i]
            _root(roots[row], line, out[0, start : start + length])
        for i in range(length):
            out[0, start + i] = np.float32(116) * roots[1, i] - np.float32(16)
            out[1, start + i] = np.float32(500) * (roots[0, i] - roots[1, i])
            out[2, start + i] = np.float32(200) * (roots[1, i] - roots[2, i])


@compiled
def _linear(values: NDArray[np.float32], table: NDArray[np.float32], light: NDArray[np.float32]) -> None:
    """Look up the light that sRGB values stand for."""
    for i in range(len(values)):
        value = values[i]
        # Written so that what is no number becomes 0, too.
        value = min(value, np.float32(1)) if value > np.float32(0) else np.float32(0)
        place = value * np.float32(_STEPS)
        index = np.int32(place)
        light[i] = table[index] + (place - np.float32(index)) * (table[index + 1] - table[index])


@compiled
def _root(values: NDArray[np.float32], line: NDArray[np.float32], guess: NDArray[np.float32]) -> None:
    """Put CIE's cube root in place of the values, by two steps of Halley's from a guess."""
    bits, guess_bits = values.view(np.uint32), guess.view(np.uint32)
    for i in range(len(guess)):
        guess_bits[i] = bits[i] // np.uint32(3) + _CUBE_ROOT
    for i in range(len(guess)):
        value, root = values[i], guess[i]
        for _ in range(2):
            cube = root * root * root
            root -= root * (cube - value) / (cube + cube + value)
        values[i] = root if value > line[0] else line[1] * value + line[2]
