import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from pipeline.config import AlternatingConfig, Kanezaki2018Config
from pipeline.layer import BatchNorm
from pipeline.net import build

SMALL = [
    AlternatingConfig(depth=1, wide=5, narrow=4, stride=1, context=()),
    AlternatingConfig(depth=3, wide=5, narrow=4, stride=1, context=()),
    AlternatingConfig(depth=4, wide=5, narrow=4, stride=1, context=()),
    Kanezaki2018Config(layers=1, channels=6),
    Kanezaki2018Config(layers=3, channels=6),
]


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def frozen(config, bands=3, seed=0):
    """Build a network with statistics and affine weights of no particular value."""
    network = build(config, bands, seed=seed).eval()
    for layer in network.stack:
        size = layer.conv.out_channels
        layer.norm.mean.copy_(noise(size, seed=1) * 0.1)
        layer.norm.variance.copy_(noise(size, seed=2).exp())
        with torch.no_grad():
            layer.norm.weight.copy_(noise(size, seed=3).exp())
            layer.norm.bias.copy_(noise(size, seed=4))
    return network


def shapes(network):
    return [tuple(layer.conv.weight.shape) for layer in network.stack]


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_alternating_is_as_published():
    network = build(AlternatingConfig(stride=1, context=()), 3, seed=0)
    assert shapes(network) == [(64, 3, 3, 3), (32, 64, 1, 1), (64, 32, 3, 3), (32, 64, 1, 1)]
    assert [layer.order for layer in network.stack] == ["norm-relu", "norm-relu", "norm-relu", "norm"]
    assert parameters(network) == 24832


def test_context_widens_the_first_layer():
    network = build(AlternatingConfig(stride=1, context=(1.0, 4.0)), 3, seed=0)
    assert shapes(network)[0] == (64, 3 + 2 * 4, 3, 3)


def test_kanezaki2018_is_as_published():
    network = build(Kanezaki2018Config(), 3, seed=0)
    assert shapes(network) == [(100, 3, 3, 3), (100, 100, 3, 3), (100, 100, 3, 3), (100, 100, 1, 1)]
    assert [layer.order for layer in network.stack] == ["relu-norm", "relu-norm", "relu-norm", "norm"]
    assert parameters(network) == 193900


@pytest.mark.parametrize("config", SMALL, ids=repr)
@pytest.mark.parametrize("bands", [1, 2, 3, 7])
def test_layers_compute_what_torch_does(config, bands):
    """Rebuild each network of torch's own modules, in the published order, with the same weights."""
    network = frozen(config, bands)
    modules = []
    for place, layer in enumerate(network.stack):
        kernel = layer.conv.weight.shape[-1]
        step = config.stride if place == 0 else 1
        conv = nn.Conv2d(layer.conv.in_channels, layer.conv.out_channels, kernel, step, padding=kernel // 2)
        conv.load_state_dict(layer.conv.state_dict())
        norm = nn.BatchNorm2d(layer.conv.out_channels).eval()
        norm.weight, norm.bias = layer.norm.weight, layer.norm.bias
        norm.running_mean, norm.running_var = layer.norm.mean, layer.norm.variance
        last = place == len(network.stack) - 1
        after = [] if last else [nn.ReLU(), norm] if config.kind == "kanezaki2018" else [norm, nn.ReLU()]
        modules += [conv, *after] if not last else [conv, norm]
    image = noise(2, bands, 9, 8)
    with torch.no_grad():
        assert network(image) == pytest.approx(nn.Sequential(*modules)(image), abs=1e-5)


@given(
    kind=st.sampled_from([AlternatingConfig(depth=4, wide=5, narrow=4, context=()), Kanezaki2018Config(channels=6)]),
    stride=st.integers(1, 4),
    shape=st.tuples(st.integers(1, 12), st.integers(1, 12)),
)
def test_a_stride_gives_a_response_for_so_many_pixels(kind, stride, shape):
    thinned = frozen(kind.model_copy(update={"stride": stride}))
    every = frozen(kind.model_copy(update={"stride": 1}))
    every.load_state_dict(thinned.state_dict())
    assert (thinned.plan.stride, every.plan.stride) == (stride, 1)
    assert thinned.plan.activations == -(-every.plan.activations // stride**2)
    image = noise(2, 3, *shape)
    with torch.no_grad():
        first = every.stack[0](image)[:, :, ::stride, ::stride]
        assert thinned.stack[0](image) == pytest.approx(first, abs=1e-5)
        assert thinned(image).shape == (2, thinned.plan.responses, *first.shape[2:])


@pytest.mark.parametrize("config", SMALL[2:4], ids=repr)
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_bfloat16_gives_nearly_the_same_in_float32(config, training, share):
    exact = frozen(config).train(training)
    rough = frozen(config.model_copy(update={"precision": "bfloat16"})).train(training)
    image = noise(2, 3, 20, 20)
    valid = torch.rand(2, 1, 20, 20, generator=torch.Generator().manual_seed(1)) < share
    with torch.no_grad():
        expected = exact(image * valid, None if share == 1 else valid)
        found = rough(image * valid, None if share == 1 else valid)
    assert found.dtype == torch.float32
    assert not torch.equal(found, expected)
    assert (found - expected).abs().max() < 0.05 * expected.std() + 0.05 * expected.abs().max()


@pytest.mark.parametrize("config", SMALL, ids=repr)
def test_responses_change_within_the_radius_only(config):
    network = frozen(config)
    image = noise(1, 3, 15, 15)
    other = image.clone()
    other[0, :, 7, 7] += 100
    with torch.no_grad():
        changed = (network(image) != network(other))[0].any(0)
    rows, columns = torch.nonzero(changed, as_tuple=True)
    reach = torch.maximum((rows - 7).abs(), (columns - 7).abs())
    assert int(reach.max()) == network.plan.radius


@pytest.mark.parametrize("config", SMALL, ids=repr)
def test_keep_chooses_and_orders_responses(config):
    network = frozen(config)
    image = noise(2, 3, 6, 5)
    with torch.no_grad():
        expected = network(image)[:, [3, 0, 2]]
        weight = network.stack[-1].conv.weight[[3, 0, 2]]
        network.keep([3, 0, 2])
        assert torch.equal(network.stack[-1].conv.weight, weight)
        # A product of other matrices may be rounded otherwise.
        assert torch.allclose(network(image), expected, rtol=1e-5, atol=1e-6)
    assert network.plan.responses == 3
    assert not network.stack[-1].norm.training


def test_a_network_of_fewer_responses_takes_the_kept_weights():
    network = frozen(SMALL[2])
    network.keep([1, 2])
    other = build(SMALL[2], 3, responses=2)
    other.load_state_dict(network.state_dict())
    image = noise(1, 3, 6, 5)
    with torch.no_grad():
        assert torch.equal(other.eval()(image), network(image))


@pytest.mark.parametrize("config", SMALL, ids=repr)
@pytest.mark.parametrize("seed", [None, 5])
def test_build_leaves_torchs_chance_alone(config, seed):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    build(config, 3, seed=seed)
    assert torch.equal(torch.rand(3), expected)


def test_build_seeds_no_gpu(monkeypatch):
    def fail(_seed):
        pytest.fail("CUDA's generators were seeded")

    monkeypatch.setattr(torch.cuda, "manual_seed_all", fail)
    build(SMALL[0], 3, seed=1)


def test_weights_follow_from_the_seed_alone():
    torch.manual_seed(1)
    first = build(SMALL[2], 3, seed=5).state_dict()
    torch.manual_seed(2)
    second = build(SMALL[2], 3, seed=5).state_dict()
    other = build(SMALL[2], 3, seed=6).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["layers.0.conv.weight"], other["layers.0.conv.weight"])


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**16))
def test_batch_norm_counts_valid_pixels_only(count, height, width, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(3, 5, (count, 2, height, width)).astype(np.float32)
    valid = rng.random((count, 1, height, width)) < 0.6
    valid[0, 0, 0, 0] = True
    norm = BatchNorm(2).train()
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([2.0, 0.5]))
        norm.bias.copy_(torch.tensor([1.0, -1.0]))
        result = norm(torch.from_numpy(x), torch.from_numpy(valid)).numpy()
        other = np.where(valid, x, 1000 * rng.normal(size=x.shape)).astype(np.float32)
        again = norm(torch.from_numpy(other), torch.from_numpy(valid)).numpy()
    inside = np.broadcast_to(valid, x.shape)
    assert np.array_equal(again[inside], result[inside])
    for channel, (weight, bias) in enumerate([(2, 1), (0.5, -1)]):
        pixels = x[:, channel][valid[:, 0]].astype(np.float64)
        expected = (pixels - pixels.mean()) / np.sqrt(pixels.var() + 1e-5) * weight + bias
        # One pixel, or equal ones, are all mean; what is left of them is rounding, which the 1e-5 makes larger.
        assert result[:, channel][valid[:, 0]] == pytest.approx(expected, abs=2e-2 if pixels.var() < 1e-3 else 1e-3)


def test_batch_norm_of_all_valid_pixels_is_torchs():
    x = noise(3, 4, 6, 5) * 3 + 2
    norm, torchs = BatchNorm(4).train(), nn.BatchNorm2d(4).train()
    expected = torchs(x).detach()
    assert torch.equal(norm(x), expected)
    assert norm(x, torch.ones(3, 1, 6, 5, dtype=torch.bool)).detach() == pytest.approx(expected, abs=1e-5)


def test_batch_norm_gradient_with_a_mask_is_that_of_the_valid_pixels():
    x = noise(1, 2, 4, 6)
    valid = torch.zeros(1, 1, 4, 6, dtype=torch.bool)
    valid[..., :3] = True
    goal = noise(1, 2, 4, 3, seed=1)
    gradients = []
    for values, mask in ((x, valid), (x[..., :3].clone(), None)):
        values.requires_grad_()
        ((BatchNorm(2).train()(values, mask)[..., :3] - goal) ** 2).sum().backward()
        gradients.append(values.grad[..., :3])
    assert gradients[0] == pytest.approx(gradients[1], abs=1e-4)


def test_one_pixel_is_its_own_mean():
    norm = BatchNorm(3).train()
    with torch.no_grad():
        norm.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
    assert norm(noise(1, 3, 1, 1)).flatten().tolist() == [1, 2, 3]
