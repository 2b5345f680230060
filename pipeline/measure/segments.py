"""How well segments could serve, if each knew its class: the ceiling that pre-segmentation sets."""

from dataclasses import dataclass

import numpy as np

from pipeline.measure.contingency import Table


@dataclass(frozen=True)
class SegmentCounts:
    """Pixels counted over segments; counts of several scenes add up."""

    segments: int = 0
    """Number of segments."""

    pixels: int = 0
    """Pixels compared."""

    achieved: int = 0
    """Pixels that are right when every segment has its most frequent class."""

    leaked: int = 0
    """Pixels by which segments cross borders of classes, counted from the smaller side, once for every class."""

    def __add__(self, other: "SegmentCounts") -> "SegmentCounts":
        return SegmentCounts(
            self.segments + other.segments,
            self.pixels + other.pixels,
            self.achieved + other.achieved,
            self.leaked + other.leaked,
        )

    @property
    def achievable_accuracy(self) -> float:
        """Achievable segmentation accuracy (Liu, Tuzel, Ramalingam and Chellappa, CVPR 2011), 0 to 1."""
        return self.achieved / self.pixels if self.pixels else float("nan")

    @property
    def undersegmentation_error(self) -> float:
        """Under-segmentation error of Neubert and Protzel (Forum Bildverarbeitung 2012), 0 is best.

        The sum over true classes G and segments S that touch them of min(|S & G|, |S - G|), over all pixels. Their G
        are true regions; ours are classes, so a segment that joins two regions of one class is no error.
        """
        return self.leaked / self.pixels if self.pixels else float("nan")


def count_segments(table: Table) -> SegmentCounts:
    """Count what the two errors need.

    Args:
        table: segments (or connected components of a label map) against true classes.
    """
    if not table.pixels:
        return SegmentCounts()
    shared = table.pairs[:, 2]
    leaked = np.minimum(shared, table.label_pixels[table.label_index] - shared)
    return SegmentCounts(
        segments=len(table.labels),
        pixels=table.pixels,
        achieved=int(table.matrix.max(axis=0).sum()),
        leaked=int(leaked.sum()),
    )
