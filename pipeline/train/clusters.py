"""Classes to start from: clusters of pre-segments by colour and texture, and how they merge.

Many small clusters are sought first (k-means) and merged to as many as the network is to learn: what is alike and lies
side by side becomes one large class, what is small and unlike all else keeps one of its own. k-means for the wanted
number alone would cut the most common kind of ground into several.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import LevelsConfig, TrainConfig
from pipeline.segmented import Segmented
from pipeline.stitch.table import describe_images
from pipeline.stitch.tree import Tree, cut, grow, projected
from pipeline.train.kmeans import find_centres, nearest

# Most segments that clusters are sought among; more change nothing but the time.
_MOST_SEGMENTS = 50_000


@dataclass(frozen=True)
class Clusters:
    """Classes 1 to n of pre-segments."""

    centres: NDArray[np.float64]
    """(m, features) of the small clusters."""

    numbers: NDArray[np.int64]
    """(m + 1,): the class of each small cluster, counted from 1; index 0 = outside = 0."""

    tree: Tree
    """How the classes merge."""

    def assign(self, patch: Segmented) -> NDArray[np.int64]:
        """Return the class (h, w) of every pixel's segment, 1 to n; 0 outside."""
        return self.numbers[_nearest(patch.features, self.centres)][patch.segments]


def find_clusters(patches: Sequence[Segmented], config: TrainConfig, levels: LevelsConfig, most: int) -> Clusters:
    """Cluster the segments of patches; the same patches give the same clusters.

    Args:
        patches: with a pixel inside each.
        config: numbers of clusters and classes.
        levels: what merges first.
        most: no more classes than this.
    """
    features, areas = (np.concatenate([getattr(patch, of) for patch in patches]) for of in ("features", "areas"))
    features, areas = features[areas > 0], areas[areas > 0]
    chosen = np.random.default_rng(0).permutation(len(features))[:_MOST_SEGMENTS]
    # What differs by rounding only is one cluster.
    distinct = len(np.unique(features[chosen].round(3), axis=0))
    centres = find_centres(features[chosen], areas[chosen], min(config.start_clusters, distinct))
    labelled = ((patch.image, patch.textures, _nearest(patch.features, centres)[patch.segments]) for patch in patches)
    tree = grow(describe_images(labelled, len(centres) + 1, len(patches[0].image)), levels)
    numbers = cut(tree, min(config.start_classes, most))
    shares = np.bincount(numbers[1:], weights=tree.shares)[1:]
    return Clusters(centres, numbers, projected(tree, numbers, tuple(shares.tolist())))


def _nearest(features: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest centre of each, counted from 1, with a 0 before them for what is outside."""
    return np.concatenate([[0], nearest(features, centres) + 1])
