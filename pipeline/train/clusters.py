"""Classes to start from: clusters of pre-segments by colour and texture, and how they merge.

Many small clusters are sought first (k-means) and merged to as many as the network is to learn: what is alike and lies
side by side becomes one large class, what is small and unlike all else keeps one of its own. k-means for the wanted
number alone would cut the most common kind of ground into several.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import look, to_lab
from pipeline.config import LevelsConfig, TrainConfig
from pipeline.stitch.table import describe_images
from pipeline.stitch.tree import Tree, cut, grow, projected
from pipeline.texture import MEASURES, textures

# Most segments that clusters are sought among; more change nothing but the time.
_MOST_SEGMENTS = 50_000

Segmented = tuple[NDArray[np.float32], NDArray[np.int32]]
"""Image (bands, h, w) of 0..1 and its pre-segments (h, w), 0 = outside."""


@dataclass(frozen=True)
class Clusters:
    """Classes 1 to n of pre-segments."""

    centres: NDArray[np.float64]
    """(m, features) of the small clusters."""

    numbers: NDArray[np.int64]
    """(m + 1,): the class of each small cluster, counted from 1; index 0 = outside = 0."""

    tree: Tree
    """How the classes merge."""

    def assign(self, image: NDArray[np.float32], segments: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the class (h, w) of every pixel's segment, 1 to n; 0 outside."""
        return self.numbers[_nearest(self.centres, segment_features(image, segments)[0])][segments]


def find_clusters(patches: Sequence[Segmented], config: TrainConfig, levels: LevelsConfig, most: int) -> Clusters:
    """Cluster the segments of patches; the same patches give the same clusters.

    Args:
        patches: with a pixel inside each.
        config: numbers of clusters and classes.
        levels: what merges first.
        most: no more classes than this.
    """
    # A second to import, and only the process that trains needs it.
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    tables = [segment_features(image, segments) for image, segments in patches]
    features, areas = np.concatenate([table[0] for table in tables]), np.concatenate([table[1] for table in tables])
    features, areas = features[areas > 0], areas[areas > 0]
    chosen = np.random.default_rng(0).permutation(len(features))[:_MOST_SEGMENTS]
    # Of what differs by rounding only, k-means makes one, and warns of it.
    distinct = len(np.unique(features[chosen].round(3), axis=0))
    with threadpool_limits(limits=1):
        model = KMeans(n_clusters=min(config.start_clusters, distinct), n_init=2, random_state=0)
        model.fit(features[chosen], sample_weight=areas[chosen])
    centres = model.cluster_centers_
    labelled = (
        (image, segments, _nearest(centres, known)[segments])
        for (image, segments), (known, _) in zip(patches, tables, strict=True)
    )
    tree = grow(describe_images(labelled, len(centres) + 1, len(patches[0][0])), levels)
    numbers = cut(tree, min(config.start_classes, most))
    shares = np.bincount(numbers[1:], weights=tree.shares)[1:]
    return Clusters(centres, numbers, projected(tree, numbers, tuple(shares.tolist())))


def segment_features(
    image: NDArray[np.float32], segments: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Describe the segments 1..n of one patch.

    Args:
        image: (bands, h, w) of 0..1.
        segments: (h, w), 0 = outside.

    Returns:
        (n, bands + 2): mean colour and texture, weighted as `look` does; and (n,): pixels, which may be 0.
    """
    flat, length = segments.ravel(), int(segments.max(initial=0)) + 1
    areas = np.bincount(flat, minlength=length)[1:].astype(np.float64)
    layers = [*to_lab(image), *textures(image, segments > 0)]
    sums = np.stack([np.bincount(flat, weights=layer.ravel(), minlength=length)[1:] for layer in layers], axis=1)
    means = sums / np.maximum(areas, 1)[:, None]
    return look(means[:, :-MEASURES], means[:, -MEASURES:]), areas


def _nearest(centres: NDArray[np.float64], features: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest centre of each, counted from 1, with a 0 before them for what is outside."""
    from scipy.spatial import KDTree

    return np.concatenate([[0], KDTree(centres).query(features)[1] + 1]).astype(np.int64)
