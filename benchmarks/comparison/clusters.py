"""k-means on what segments look like: the rivals without a network."""

import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from benchmarks.comparison.method import COUNTS, Outcome, Task
from pipeline.config import FelzenszwalbConfig
from pipeline.presegment import presegment
from pipeline.segmented import Segmented

RESTARTS = 10
"""Starts of k-means, of which the best is taken."""


def cluster_segments(task: Task, features: Literal["colour", "texture"]) -> list[Outcome]:
    """Cluster felzenszwalb segments, weighted by area, by mean colour, or by all that our start knows of them."""
    started = time.process_time()
    sample = task.sample
    segments = presegment(sample.image, sample.valid, FelzenszwalbConfig())
    if features == "colour":
        table, areas = mean_colours(sample.image, segments)
    else:
        whole = Segmented(sample.image, segments)
        areas = whole.areas
        table = StandardScaler().fit_transform(whole.features, sample_weight=areas)
    distinct, prepared = len(np.unique(table, axis=0)), time.process_time() - started
    outcomes = []
    with threadpool_limits(limits=1):
        for asked in COUNTS:
            began = time.process_time()
            model = KMeans(n_clusters=min(asked, distinct), n_init=RESTARTS, random_state=task.seed)
            clusters = model.fit_predict(table, sample_weight=areas)
            labels = np.concatenate([[0], clusters + 1]).astype(np.uint16)[segments]
            outcomes.append(Outcome(asked, labels, prepared + time.process_time() - began))
    return outcomes


def mean_colours(
    image: NDArray[np.float32], segments: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of every band (n, bands) and the pixels (n,) of segments 1 to n."""
    flat = segments.ravel()
    areas = np.bincount(flat)[1:].astype(np.float64)
    sums = [np.bincount(flat, weights=band.ravel())[1:] for band in image]
    return np.stack(sums, axis=1) / areas[:, None], areas
