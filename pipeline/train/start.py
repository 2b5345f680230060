"""A start that every restart shares: the network first learns clusters of segment colour and texture.

From random weights the first labels are chance, and so is what they merge to. Clusters of segments are the same for
every seed; the network learns them, and self-training goes on from there.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from skimage.color import rgb2lab
from torch.nn import functional

from pipeline.config import TrainConfig
from pipeline.image import gradient
from pipeline.net import Network
from pipeline.train.pool import Pool

_RGB = 3
# Most segments that clusters are sought among; more change nothing but the time.
_MOST_SEGMENTS = 50_000


def start_from_clusters(
    network: Network,
    pool: Pool,
    config: TrainConfig,
    *,
    seed: int,
    device: str = "cpu",
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Train the network in place on clusters of the pool's segments, to the end: half-learnt targets help nothing.

    Args:
        network: has at least as many responses as there are clusters.
        pool: patches.
        config: number of clusters, steps and step width of the start.
        seed: order of the patches; the clusters do not depend on it.
        device: "cpu", "cuda" or "cuda:n".
        on_step: called with the number of steps done.
    """
    targets = torch.from_numpy(cluster_labels(pool, min(config.start_classes, network.responses)))
    network.to(device).train()
    optimizer = torch.optim.Adam(network.parameters(), lr=config.start_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, config.start_steps)
    batches = pool.shuffled(config.batch, seed)
    for step in range(config.start_steps):
        batch = pool.batch(next(batches), device)
        responses = network(batch.images, batch.valid)
        flat = responses.permute(0, 2, 3, 1).reshape(-1, responses.shape[1])
        wanted = targets[batch.indices].to(device).reshape(-1)
        if batch.valid is not None:
            inside = batch.valid.reshape(-1)
            flat, wanted = flat[inside], wanted[inside]
        optimizer.zero_grad(set_to_none=True)
        functional.cross_entropy(flat, wanted).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if on_step is not None:
            on_step(step + 1)


def cluster_labels(pool: Pool, count: int) -> NDArray[np.int64]:
    """Cluster the segments of a pool by colour and texture.

    Returns:
        (P, h, w) int64: cluster of every pixel's segment, 0 to count - 1; 0 outside, too.
    """
    # A second to import, and only the process that trains needs it.
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    tables = [
        segment_features(image.numpy(), segments.numpy())
        for image, segments in zip(pool.images, pool.segments, strict=True)
    ]
    features = np.concatenate([table[0] for table in tables])
    areas = np.concatenate([table[1] for table in tables])
    mean = np.average(features, axis=0, weights=areas)
    spread = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=areas))
    scaled = (features - mean) / np.where(spread > 0, spread, 1)
    chosen = np.random.default_rng(0).permutation(len(scaled))[:_MOST_SEGMENTS]
    distinct = len(np.unique(scaled[chosen], axis=0))
    with threadpool_limits(limits=1):
        model = KMeans(n_clusters=min(count, distinct), n_init=4, random_state=0)
        model.fit(scaled[chosen], sample_weight=areas[chosen])
        clusters = model.predict(scaled)
    labels = np.zeros(tuple(pool.segments.shape), dtype=np.int64)
    ends = np.cumsum([len(table[1]) for table in tables])
    for index, part in enumerate(np.split(clusters, ends[:-1])):
        labels[index] = np.concatenate([[0], part])[pool.segments[index].numpy()]
    return labels


def segment_features(
    image: NDArray[np.float32], segments: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Describe the segments 1..n of one patch.

    Args:
        image: (bands, h, w) of 0..1.
        segments: (h, w), 0 = outside.

    Returns:
        (n, bands + 1): mean colour (Lab for three bands) and mean gradient; and (n,): pixels.
    """
    colour = np.moveaxis(rgb2lab(np.moveaxis(image, 0, -1)), -1, 0) if len(image) == _RGB else image
    flat, length = segments.ravel(), int(segments.max()) + 1
    areas = np.bincount(flat, minlength=length).astype(np.float64)
    layers = [*colour, gradient(image, segments > 0)]
    sums = [np.bincount(flat, weights=layer.ravel(), minlength=length) for layer in layers]
    return np.stack(sums, axis=1)[1:] / areas[1:, None], areas[1:]
