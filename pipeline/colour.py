"""What things look like, as it is compared: colour in the units of CIE Lab where there are three bands, and texture."""

from typing import Any

import numpy as np
import numpy.typing as npt

RGB = 3
"""Number of bands that are taken as sRGB."""

# What is 1 in a band is as far from 0 as white is from black.
_PERCENT = 100.0
# Shade halves lightness and leaves the hue: it says less of what a thing is.
_WEIGHTS = (0.7, 1.0, 1.0)
# Detail that weak is noise, and says nothing of the grain.
_NOISE = 0.5
# Grains that differ by an octave are as far apart as two colours that no one takes for one.
_GRAIN = 8.0


def to_lab(image: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return colours in which distance is roughly what is seen.

    Args:
        image: (bands, ...) of 0..1.

    Returns:
        (bands, ...) float32: L, a, b of three bands; hundredths of any other number of bands.
    """
    if len(image) != RGB:
        return image * np.float32(_PERCENT)
    # numba takes a third of a second to import, and only who compares colours needs it.
    from pipeline.kernels.lab import lab

    colours = np.ascontiguousarray(image, np.float32)
    return lab(colours.reshape(RGB, -1)).reshape(colours.shape)


def look(colours: npt.NDArray[Any], textures: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Describe things by colour, roughness and grain, so that Euclidean distance tells how alike they look.

    The weights were compared on labelled crops (docs/design.md): the standard deviations of a scene in their place,
    which blow up whatever hardly varies, gave classes that agreed less with land cover.

    Args:
        colours: (n, bands), means of what `to_lab` gives.
        textures: (n, 3), means of what `textures` gives.

    Returns:
        (n, bands + 2).
    """
    weights = _WEIGHTS if colours.shape[1] == RGB else (1.0,) * colours.shape[1]
    gradients, fine, coarse = _PERCENT * textures.T
    grain = np.log((coarse + _NOISE) / (fine + _NOISE))
    return np.column_stack([colours * weights, 2 * gradients, _GRAIN * grain])
