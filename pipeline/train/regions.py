"""Which pixels take one label together, once a network has labelled them."""

import numpy as np
from numpy.typing import NDArray

from pipeline.config import TrainConfig
from pipeline.presegment.finish import finish
from pipeline.stitch.overlap import contingency
from pipeline.stitch.votes import majority


def vote(labels: NDArray[np.uint16], segments: NDArray[np.int32], config: TrainConfig) -> NDArray[np.uint16]:
    """Return the majority label (h, w) of every pixel's region, 0 outside; see `regions` for the arguments."""
    voters = regions(labels, segments, config)
    return majority(contingency(voters, labels), int(voters.max(initial=0)) + 1)[voters]


def regions(labels: NDArray[np.uint16], segments: NDArray[np.int32], config: TrainConfig) -> NDArray[np.int32]:
    """Return the regions that vote as one.

    Args:
        labels: (h, w), 0 outside.
        segments: (h, w) pre-segments, 0 outside.
        config: the loss that the network was trained with.

    Returns:
        (h, w) int32, 1..n, 0 outside: the pre-segments; with the loss "continuity", which knows none, the connected
        areas of equal label, so that every pixel keeps its own.
    """
    if config.loss == "segments":
        return segments
    return finish(labels.astype(np.int32), segments > 0)
