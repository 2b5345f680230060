import copy

import numpy as np
import pytest
import torch
from torch.nn import functional

from pipeline.config import AlternatingConfig, Kanezaki2018Config
from pipeline.net import build
from pipeline.train import freeze, make_pool

NETWORKS = [
    AlternatingConfig(depth=4, wide=6, narrow=5, context=(), stride=1),
    Kanezaki2018Config(layers=2, channels=6),
]


def patch(seed, shape=(9, 11), share=1.0, offset=0.0):
    rng = np.random.default_rng(seed)
    segments = (rng.random(shape) < share).astype(np.int32)
    segments[0, 0] = 1
    image = np.where(segments, rng.random((2, *shape)) + offset, 0)
    return image.astype(np.float32), segments


@torch.no_grad()
def reference(network, pool):
    """Compute each layer's statistics over all valid pixels at once, in float64, by torch's functions alone."""
    inside = (pool.segments > 0).flatten()
    x, statistics = pool.images.double(), []
    for layer in copy.deepcopy(network).double().stack:
        x = functional.conv2d(x, layer.conv.weight, layer.conv.bias, padding=layer.conv.kernel_size[0] // 2)
        x = functional.relu(x) if layer.order == "relu-norm" else x
        values = x.transpose(0, 1).flatten(1)[:, inside]
        mean, variance = values.mean(1), values.var(1, correction=0)
        statistics.append((mean, variance))
        x = functional.batch_norm(x, mean, variance, layer.norm.weight, layer.norm.bias)
        x = functional.relu(x) if layer.order == "norm-relu" else x
    return statistics


@pytest.mark.parametrize("config", NETWORKS, ids=["alternating", "kanezaki2018"])
@pytest.mark.parametrize("share", [1.0, 0.4])
@pytest.mark.parametrize("batch", [1, 3, 5])
def test_statistics_are_those_of_all_valid_pixels(config, share, batch):
    shapes = [(9, 11), (4, 11), (9, 3), (1, 1), (9, 11)]
    pool = make_pool([patch(seed, shape, share, offset=seed) for seed, shape in enumerate(shapes)])
    network = build(config, 2, seed=0)
    freeze(network, pool, batch=batch)
    assert not network.training
    for layer, (mean, variance) in zip(network.stack, reference(network, pool), strict=True):
        assert layer.norm.mean.numpy() == pytest.approx(mean.numpy(), rel=1e-4, abs=1e-5)
        assert layer.norm.variance.numpy() == pytest.approx(variance.numpy(), rel=1e-3, abs=1e-5)


def test_one_patch_gives_the_responses_of_training():
    pool = make_pool([patch(0)])
    network = build(NETWORKS[0], 2, seed=0).train()
    with torch.no_grad():
        expected = network(pool.images).numpy()
        freeze(network, pool, batch=1)
        assert network(pool.images).numpy() == pytest.approx(expected, abs=1e-4)


def test_weights_stay_and_what_was_frozen_before_is_forgotten():
    pool, other = make_pool([patch(0)]), make_pool([patch(1, offset=5)])
    network = build(NETWORKS[0], 2, seed=0)
    weights = copy.deepcopy(list(network.parameters()))
    freeze(network, pool, batch=1)
    first = copy.deepcopy(network.state_dict())
    freeze(network, other, batch=1)
    assert not torch.equal(network.state_dict()["layers.0.norm.mean"], first["layers.0.norm.mean"])
    freeze(network, pool, batch=1)
    assert all(torch.equal(first[name], value) for name, value in network.state_dict().items())
    assert all(torch.equal(one, other) for one, other in zip(weights, network.parameters(), strict=True))


def test_a_large_mean_does_not_swallow_the_variance():
    pool = make_pool([patch(seed, offset=300) for seed in range(4)])
    network = build(AlternatingConfig(depth=1, wide=4, context=(), stride=1), 2, seed=0)
    freeze(network, pool, batch=2)
    inner = reference(network, pool)[0]
    assert network.stack[0].norm.variance.numpy() == pytest.approx(inner[1].numpy(), rel=1e-3)


def test_with_a_stride_the_statistics_are_those_where_responses_are():
    config, pool = AlternatingConfig(depth=4, wide=6, narrow=5, context=()), make_pool([patch(0), patch(1, share=0.5)])
    network = build(config, 2, seed=0)
    freeze(network, pool, batch=2)
    x, inside = pool.images, pool.segments[:, ::2, ::2] > 0
    for layer in network.stack:
        with torch.no_grad():
            values = layer.before_norm(x).permute(1, 0, 2, 3)[:, inside]
            x = layer(x)
        assert torch.allclose(layer.norm.mean, values.mean(1), atol=1e-5)
        assert torch.allclose(layer.norm.variance, values.var(1, correction=0), atol=1e-5)


def test_a_lattice_that_misses_every_valid_pixel_gives_numbers_all_the_same():
    image = np.ones((2, 6, 6), np.float32)
    segments = np.zeros((6, 6), np.int32)
    segments[3, 3] = 1
    network = build(AlternatingConfig(depth=4, wide=6, narrow=5, context=()), 2, seed=0)
    freeze(network, make_pool([(image, segments)]), batch=1)
    assert all(torch.isfinite(value).all() for value in network.state_dict().values())
    assert network.stack[-1].norm.variance.tolist() == [1.0] * network.plan.responses
