"""How far two maps agree, whatever their labels are called."""

import numpy as np
from numpy.typing import NDArray

from pipeline.measure.contingency import Contingency
from pipeline.measure.scores import adjusted_rand


def ari(first: NDArray[np.integer], second: NDArray[np.integer]) -> float:
    """Return the adjusted Rand index of two label rasters over the pixels that both have a label for.

    Args:
        first: labels of any shape, 0 = nodata.
        second: labels of the same pixels, 0 = nodata.

    Raises:
        ValueError: shapes differ, numbers are not whole, or there is no common pixel.
    """
    contingency = Contingency(ignore=(0,))
    contingency.add(first, second)
    table = contingency.table()
    if not table.pixels:
        raise ValueError("The maps have no pixel in common that is labelled in both")
    return adjusted_rand(table)
