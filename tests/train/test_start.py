import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, TrainConfig
from pipeline.net import build
from pipeline.train import make_pool
from pipeline.train.start import learn_targets

NETWORK = AlternatingConfig(wide=8, narrow=8, context=(), stride=1)


def picture():
    """Two halves, dark and bright, the last column outside."""
    image = np.full((3, 24, 24), 0.2, dtype=np.float32)
    image[:, :, 12:] = 0.8
    segments = np.ones((24, 24), dtype=np.int32)
    segments[:, 12:] = 2
    segments[:, -1] = 0
    image[:, segments == 0] = 0
    return image, segments


def test_the_network_learns_the_targets():
    image, segments = picture()
    targets = np.where(segments > 0, 3 - segments, 0).astype(np.int64)
    pool = make_pool([(image, segments)], [targets])
    network = build(NETWORK, 3, seed=0)
    seen = []
    learn_targets(network, pool, TrainConfig(start_steps=40), seed=0, on_step=seen.append)
    with torch.no_grad():
        found = network(pool.images, torch.from_numpy(segments > 0)[None, None]).argmax(1)[0].numpy() + 1
    assert seen == list(range(1, 41))
    assert np.mean(found[segments > 0] == targets[segments > 0]) > 0.9


def test_a_pool_without_targets_is_refused():
    with pytest.raises(ValueError, match="targets"):
        learn_targets(build(NETWORK, 3, seed=0), make_pool([picture()]), TrainConfig(), seed=0)
