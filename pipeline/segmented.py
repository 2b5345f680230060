"""An image with its pre-segments, and what each of them looks like."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import look, to_lab
from pipeline.kernels.sums import totals
from pipeline.texture import MEASURES, textures


@dataclass(frozen=True)
class Segmented:
    """An image and its pre-segments; what is asked for again is computed once."""

    image: NDArray[np.float32]
    """(bands, h, w) of 0..1, 0 outside."""

    segments: NDArray[np.int32]
    """(h, w) pre-segments 1..n, 0 = outside."""

    @cached_property
    def textures(self) -> NDArray[np.float32]:
        """(3, h, w): see `pipeline.texture.textures`."""
        return textures(self.image, self.segments > 0)

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """(n,): pixels of each segment, which may be 0."""
        return self._totals[0][1:].astype(np.float64)

    @cached_property
    def features(self) -> NDArray[np.float64]:
        """(n, bands + 2): mean colour and texture of each segment, weighted as `pipeline.colour.look` does."""
        means = self._totals[1][1:] / np.maximum(self.areas, 1)[:, None]
        return look(means[:, :-MEASURES], means[:, -MEASURES:])

    @cached_property
    def _totals(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Pixels (n + 1,) of each segment, and the sums (n + 1, bands + 3) of colours and textures over them."""
        layers = np.concatenate([to_lab(self.image), self.textures])
        return totals(self.segments, layers, int(self.segments.max(initial=0)) + 1)[:2]
