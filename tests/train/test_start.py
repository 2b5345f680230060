import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, TrainConfig
from pipeline.net import build
from pipeline.train import make_pool
from pipeline.train.start import cluster_labels, segment_features, start_from_clusters

SEGMENTS = np.kron(np.arange(1, 17, dtype=np.int32).reshape(4, 4), np.ones((8, 8), dtype=np.int32))


def _patch(bands=3):
    """16 segments: smooth dark, smooth bright, rough of the mean of both."""
    kinds = np.arange(16).reshape(4, 4) % 3
    kind = np.kron(kinds, np.ones((8, 8), dtype=int))
    checkers = np.indices(kind.shape).sum(0) // 2 % 2
    grey = np.select([kind == 0, kind == 1], [0.2, 0.8], np.where(checkers, 0.8, 0.2)).astype(np.float32)
    return np.repeat(grey[None], bands, axis=0), kind


@pytest.mark.parametrize("bands", [1, 3, 5])
def test_clusters_tell_colour_and_texture_apart(bands):
    image, kind = _patch(bands)
    labels = cluster_labels(make_pool([(image, SEGMENTS)]), 3)[0]
    inner = np.kron(np.ones((4, 4), dtype=bool), np.pad(np.ones((4, 4), dtype=bool), 2))
    pairs = np.unique(np.stack([labels[inner], kind[inner]]), axis=1)
    assert pairs.shape == (2, 3)


def test_clusters_do_not_depend_on_how_segments_are_numbered():
    image, _ = _patch()
    shuffled = np.random.default_rng(0).permutation(16).astype(np.int32)[SEGMENTS - 1] + 1
    first = cluster_labels(make_pool([(image, SEGMENTS)]), 3)
    other = cluster_labels(make_pool([(image, shuffled.astype(np.int32))]), 3)
    pairs = np.unique(np.stack([first.ravel(), other.ravel()]), axis=1)
    assert pairs.shape == (2, 3)


def test_features_are_means_over_segments_and_skip_outside():
    image, _ = _patch(2)
    segments = SEGMENTS.copy()
    segments[:8, :8] = 0
    segments -= segments > 0
    features, areas = segment_features(np.where(segments > 0, image, 0), segments)
    assert features.shape == (15, 3)
    assert areas.tolist() == [64] * 15
    assert features[0, 0] == pytest.approx(image[0, :8, 8:16].mean())
    flat = np.where(segments > 0, np.float32(0.7), np.float32(0))[None]
    # Outside is 0 in the image, which makes no edge.
    assert not segment_features(flat, segments)[0][:, 1].any()


def test_fewer_distinct_segments_than_clusters():
    image = np.full((3, 32, 32), 0.5, dtype=np.float32)
    assert not cluster_labels(make_pool([(image, SEGMENTS)]), 16).any()


def test_the_network_learns_the_clusters():
    image, _ = _patch()
    pool = make_pool([(image, SEGMENTS)])
    wanted = torch.from_numpy(cluster_labels(pool, 2))
    network = build(AlternatingConfig(wide=8, narrow=8), 3, seed=0)
    start_from_clusters(network, pool, TrainConfig(start_classes=2, start_steps=60), seed=0)
    network.train()
    with torch.no_grad():
        found = network(pool.images).argmax(1)
    assert (found == wanted).float().mean() > 0.85


def test_no_more_clusters_than_responses():
    image, _ = _patch()
    pool = make_pool([(image, SEGMENTS)])
    network = build(AlternatingConfig(wide=4, narrow=2), 3, seed=0)
    start_from_clusters(network, pool, TrainConfig(start_classes=16, start_steps=2), seed=0)
