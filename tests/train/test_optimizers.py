import subprocess
import sys

import pytest
import torch
from torch import nn

from pipeline.train.optimizers import Average, adam, rmsprop, sgd

RATES = [0.05, 0.03, 0.03, 0.001, 0.1]


def model(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 1))


def descend(network, step, rates=RATES):
    generator = torch.Generator().manual_seed(1)
    for rate in rates:
        network.zero_grad(set_to_none=True)
        network(torch.rand(2, 3, 6, 6, generator=generator)).square().sum().backward()
        step(rate)
    return network


def torchs(optimizer):
    def step(rate):
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()

    return step


PAIRS = {
    "adam": (adam, lambda of: torch.optim.Adam(of, lr=1)),
    "sgd": (lambda of: sgd(of, 0.0), lambda of: torch.optim.SGD(of, lr=1)),
    "sgd with momentum": (lambda of: sgd(of, 0.9), lambda of: torch.optim.SGD(of, lr=1, momentum=0.9)),
    "rmsprop": (lambda of: rmsprop(of, 0.0), lambda of: torch.optim.RMSprop(of, lr=1)),
    "rmsprop with momentum": (lambda of: rmsprop(of, 0.9), lambda of: torch.optim.RMSprop(of, lr=1, momentum=0.9)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_steps_are_those_of_torch(name):
    ours, theirs = PAIRS[name]
    one, other = model(), model()
    descend(one, ours(one.parameters()))
    descend(other, torchs(theirs(other.parameters())))
    for mine, expected in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.allclose(mine, expected, rtol=1e-5, atol=1e-7)
        assert mine.grad is not None
    assert not torch.allclose(next(one.parameters()), next(model().parameters()))


@pytest.mark.parametrize("name", PAIRS)
def test_what_has_no_gradient_stays(name):
    network = model()
    network[0].requires_grad_(requires_grad=False)
    before = network[0].weight.clone()
    descend(network, PAIRS[name][0](network.parameters()))
    assert torch.equal(network[0].weight, before)
    assert not torch.equal(network[2].weight, model()[2].weight)


def test_the_average_is_that_of_the_moments_it_was_told_of():
    network, seen = model(), []
    average, step = Average(network.parameters()), sgd(network.parameters(), 0.9)
    for turn, rate in enumerate(RATES):
        descend(network, step, [rate])
        if turn > 1:
            average.add()
            seen.append(network[0].weight.detach().clone())
    average.take()
    assert torch.allclose(network[0].weight, torch.stack(seen).mean(0), atol=1e-6)
    assert not torch.allclose(network[0].weight, seen[-1], atol=1e-4)


def test_without_a_moment_parameters_stay():
    network = model()
    Average(network.parameters()).take()
    assert torch.equal(network[0].weight, model()[0].weight)


def test_training_does_not_import_the_compiler():
    """It takes two seconds of every process that trains."""
    code = (
        "import sys, torch\n"
        "from pipeline.config import AlternatingConfig, TrainConfig\n"
        "from pipeline.net import build\n"
        "from pipeline.train import make_pool, train_network\n"
        "import numpy as np\n"
        "image = np.random.default_rng(0).random((3, 16, 16), np.float32)\n"
        "pool = make_pool([(image, np.ones((16, 16), np.int32))], [np.ones((16, 16), np.int64)])\n"
        "network = build(AlternatingConfig(context=()), 3, seed=0)\n"
        "train_network(network, pool, TrainConfig(start_steps=2, steps=2, min_labels=1), seed=0)\n"
        "print('torch._dynamo' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert said.stdout.strip() == "False"
