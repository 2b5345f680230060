"""Efficient graph-based segmentation (Felzenszwalb and Huttenlocher, IJCV 2004) of the valid pixels, compiled.

The partition is scikit-image's, edges of equal cost apart (there their order is left to a sort, here to their place),
but nodata is outside: an edge to an invalid pixel does not exist.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.config.presegment import FelzenszwalbConfig
from pipeline.image import smooth
from pipeline.presegment.edges import bucketed_edges
from pipeline.presegment.forest import number
from pipeline.presegment.merge import merge

# No image has so many pixels that a larger scale would still change anything: all pixels are one segment before.
_LARGEST_SCALE = 1e15


def segment(
    image: NDArray[np.float32],
    valid: NDArray[np.bool_],
    config: FelzenszwalbConfig,
    _place: tuple[int, int],
    _device: str,
) -> NDArray[np.int32]:
    """Segment the graph of the valid pixels, each tied to its eight neighbours by their Euclidean distance."""
    pixels = np.ascontiguousarray(smooth(image, valid, config.sigma))
    valid = np.ascontiguousarray(valid)
    # What compiled loops run through from all sides is made here: numpy asks for huge pages, which are there at once,
    # numba for small ones, and to have those was a tenth of the time.
    edges = np.empty(4 * valid.size, np.uint64)
    starts = bucketed_edges(pixels, valid, edges)
    del pixels
    parent, highest = np.empty(valid.size, np.int32), np.empty(valid.size, np.float32)
    outer = np.empty((2, np.diff(starts).max()), np.uint64)
    threshold, min_size = min(config.scale, _LARGEST_SCALE) / 255, min(config.min_size, valid.size)
    merge(edges, starts, valid.shape[1], threshold, min_size, parent, highest, outer)
    del edges, highest, outer
    labels: NDArray[np.int32] = number(parent, valid)
    return labels
