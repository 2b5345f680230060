"""A device whose memory runs out: smaller strips, layers computed twice, and the same result."""

import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, TrainConfig
from pipeline.net import Layer, build
from pipeline.train import make_pool, segment, train_network
from pipeline.train.frugal import frugally
from pipeline.train.infer import infer


def _scene():
    rng = np.random.default_rng(0)
    image = np.kron(rng.random((3, 8, 8)), np.ones((1, 8, 8))).astype(np.float32)
    segments = np.kron(np.arange(1, 65).reshape(8, 8), np.ones((8, 8), dtype=int)).astype(np.int32)
    return image, segments


class Small:
    """A memory that does not hold what the layers of a whole step leave for the way back."""

    def __init__(self, monkeypatch, when):
        self.calls, self.failures, forward = 0, 0, Layer.forward

        def counted(layer, x, valid=None):
            self.calls += 1
            if when(self.calls, x, layer):
                self.failures += 1
                raise torch.OutOfMemoryError("out of memory")
            return forward(layer, x, valid)

        monkeypatch.setattr(Layer, "forward", counted)


NETWORK = AlternatingConfig(depth=3, wide=8, narrow=6, context=(), stride=1)
TRAIN = TrainConfig(steps=4, patch=32, patches=4, batch=2, start="clusters", start_steps=3, min_labels=2)


def _train():
    image, segments = _scene()
    return segment(image, segments, TRAIN, NETWORK, seed=3)


@pytest.mark.parametrize("failing", [2, 11, 14, 20])
def test_a_training_that_runs_out_of_memory_goes_on_and_gives_the_same(monkeypatch, failing):
    """Once in the start, once in self-training, forward or backward: from then on layers are computed twice."""
    expected = _train()
    memory = Small(monkeypatch, lambda calls, _x, _layer: calls == failing)
    found = _train()
    assert memory.failures == 1
    assert np.array_equal(found.labels, expected.labels)
    assert found.course == expected.course


def test_what_fits_neither_way_is_an_error(monkeypatch):
    Small(monkeypatch, lambda _calls, _x, layer: layer.training)
    with pytest.raises(torch.OutOfMemoryError):
        _train()


def test_memory_that_runs_out_on_the_way_back(monkeypatch):
    image, segments = _scene()
    config = TRAIN.model_copy(update={"start": "random"})

    def train():
        network = build(NETWORK, 3, seed=1)
        course = train_network(network, make_pool([(image, segments)]), config, seed=1)
        return course, network

    expected, one = train()
    backward, tries = torch.Tensor.backward, []

    def failing(tensor, *arguments, **options):
        tries.append(1)
        if len(tries) == 2:
            raise torch.OutOfMemoryError("out of memory")
        return backward(tensor, *arguments, **options)

    monkeypatch.setattr(torch.Tensor, "backward", failing)
    found, other = train()
    assert len(tries) == 1 + len(expected.losses) - 1
    assert other.frugal
    assert found == expected
    for name, value in one.state_dict().items():
        assert torch.equal(other.state_dict()[name], value)


def test_strips_that_are_too_large_are_halved(monkeypatch):
    image, segments = _scene()
    network = build(NETWORK, 3, seed=1).eval()
    expected = infer(network, image, segments > 0)
    memory = Small(monkeypatch, lambda _calls, x, _layer: x.shape[2] > 14)
    assert np.array_equal(infer(network, image, segments > 0), expected)
    assert memory.failures >= 2
    Small(monkeypatch, lambda _calls, _x, _layer: True)
    with pytest.raises(torch.OutOfMemoryError):
        infer(network, image, segments > 0)


def test_other_errors_are_raised_at_once(monkeypatch):
    image, segments = _scene()
    network, tries = build(NETWORK, 3, seed=1).eval(), []

    def broken(_self, _x, _valid=None):
        tries.append(1)
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(type(network), "forward", broken)
    with pytest.raises(RuntimeError, match="assert"):
        infer(network, image, segments > 0)
    assert tries == [1]


def test_a_step_is_tried_twice_and_no_more():
    network, tries = build(NETWORK, 3, seed=0), []

    def step():
        tries.append(network.frugal)
        raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        frugally(network, step)
    with pytest.raises(torch.OutOfMemoryError):
        frugally(network, step)
    assert tries == [False, True, True]
