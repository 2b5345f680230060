"""Pre-segmented patches of whole scenes, for what is learnt from a sample."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.box import Box
from pipeline.config import Config
from pipeline.image import scale
from pipeline.presegment import presegment
from pipeline.raster.sample import sample_windows
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.segmented import Segmented

# A scene of fewer cells than patches are wanted is gone over so many times, each time with other offsets.
_ROUNDS = 4
# What all wait for gets more than its share of a machine whose other workers work ahead.
_THREADS = 4

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Patch(Segmented):
    """A window with its surroundings, so that neither segments nor context are cut at the patch's edge."""

    core: tuple[slice, slice]
    """Rows and columns of the patch itself."""


def draw_patches(sources: Sequence[Source], scaling: Scaling, config: Config, seed: int) -> list[Patch]:
    """Draw up to `train.patches` patches of side `train.patch`, spread over the scenes, each with a valid pixel.

    Args:
        sources: scenes of one radiometry.
        scaling: what becomes 0 and 1.
        config: size and number of patches, and how they are pre-segmented.
        seed: places follow from it.

    Raises:
        InputError: a scene cannot be read.
    """
    side, wanted, window = config.train.patch, config.train.patches, config.train.patch_window
    patches: list[Patch] = []

    def cut(sample: tuple[Box, NDArray[Any], NDArray[np.bool_]]) -> Patch:
        box, raw, valid = sample
        image = scale(raw, valid, scaling.low, scaling.high)
        patch = _cored(image, presegment(image, valid, config.presegment, (box.top, box.left)), side)
        if config.train.start == "clusters":
            # Here, where it is done side by side.
            _ = patch.features
        return patch

    for turn in range(_ROUNDS):
        place = seed if turn == 0 else int(np.random.SeedSequence([seed, turn]).generate_state(1)[0])
        found = len(patches)
        patches += side_by_side(cut, sample_windows(sources, window, wanted - found, place))
        if len(patches) in (found, wanted):
            break
    inner = [patch for patch in patches if patch.segments[patch.core].any()]
    # In sparse scenes all that is valid may lie in the surroundings.
    return inner or [_cored(patch.image, patch.segments, max(patch.segments.shape)) for patch in patches]


def side_by_side(function: Callable[[Given], Made], patches: Iterable[Given]) -> Iterator[Made]:
    """Yield what a function makes of each patch, in their order; some threads work on one each."""
    with ThreadPoolExecutor(_THREADS) as threads:
        yield from threads.map(function, patches)


def _cored(image: NDArray[np.float32], segments: NDArray[np.int32], side: int) -> Patch:
    rows, columns = (max(length - side, 0) // 2 for length in segments.shape)
    return Patch(image, segments, (slice(rows, rows + side), slice(columns, columns + side)))
