"""Statistics that are carried along with a training in a part: pipeline.train.carry."""

import copy

import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig
from pipeline.net import build
from pipeline.train import make_pool
from pipeline.train.carry import Carried
from pipeline.train.freeze import freeze

NETWORK = AlternatingConfig(depth=3, wide=6, narrow=5, context=(), stride=1)


def pool_of(seed, level=0.5):
    rng = np.random.default_rng(seed)
    image = (level + 0.2 * rng.standard_normal((3, 20, 22))).astype(np.float32)
    return make_pool([(image, np.ones((20, 22), dtype=np.int32))])


@pytest.fixture
def network():
    made = build(NETWORK, 3, seed=0)
    freeze(made, pool_of(0), batch=1)
    return made


def statistics(network):
    return {name: value.clone() for name, value in network.state_dict().items() if name.endswith(("mean", "variance"))}


def test_without_training_they_stay(network):
    before, part = statistics(network), pool_of(1, level=0.1)
    carried = Carried.begin(network, part, batch=1, device="cpu")
    assert not torch.allclose(statistics(network)["layers.0.norm.mean"], before["layers.0.norm.mean"], atol=1e-2)
    carried.freeze(network)
    after = statistics(network)
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert torch.allclose(after[name], value, atol=1e-6), name
    assert not network.training


def test_they_follow_the_weights(network):
    """Weights that double, and a bias that shifts, are known exactly: the statistics of the whole do the same."""
    whole, first = pool_of(0), network.stack[0]
    carried = Carried.begin(network, pool_of(1, level=0.2), batch=1, device="cpu")
    with torch.no_grad():
        first.conv.weight *= 2
        first.conv.bias *= 2
        first.conv.bias += 0.5
    expected = copy.deepcopy(network)
    freeze(expected, whole, batch=1)
    carried.freeze(network)
    assert torch.allclose(first.norm.variance, expected.stack[0].norm.variance, rtol=1e-2)
    # A mean moves by what the part's has moved, which is the whole's but for the part's other level.
    gap = (carried.part[0][0] - carried.frozen[0][0]).abs().max()
    assert (first.norm.mean - expected.stack[0].norm.mean).abs().max() <= gap * 1.01


def test_a_part_that_is_the_whole_gives_exact_statistics(network):
    whole = pool_of(0)
    carried = Carried.begin(network, whole, batch=1, device="cpu")
    with torch.no_grad():
        for layer in network.stack:
            layer.conv.weight += 0.05 * torch.randn(layer.conv.weight.shape, generator=torch.Generator().manual_seed(1))
    expected = copy.deepcopy(network)
    freeze(expected, whole, batch=1)
    carried.freeze(network)
    for name, value in statistics(expected).items():
        assert torch.allclose(statistics(network)[name], value, rtol=1e-2, atol=1e-5), name
