import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.config import AlternatingConfig, TrainConfig
from pipeline.net import build
from pipeline.train import fit, make_pool
from pipeline.train.loss import label_loss, roughness

CONTINUITY = TrainConfig(loss="continuity", steps=3, min_labels=1, label_share=0, learning_rate=0.1)


def batch_of(rng, shape=(9, 11), share=1.0, patches=2):
    segments = rng.integers(1, 6, (patches, *shape)).astype(np.int32)
    segments[rng.random(segments.shape) >= share] = 0
    images = rng.random((patches, 3, *shape)).astype(np.float32)
    return make_pool(list(zip(images, segments, strict=True))).batch(range(patches), "cpu")


def plain_roughness(responses, valid):
    """Follow the definition, pixel by pixel."""
    means = []
    for down, right in ((1, 0), (0, 1)):
        found = []
        for n, row, column in np.argwhere(valid):
            there = row + down, column + right
            if there[0] < valid.shape[1] and there[1] < valid.shape[2] and valid[n, there[0], there[1]]:
                found.append(np.abs(responses[n, :, row, column] - responses[n, :, there[0], there[1]]))
        means.append(np.mean(found) if found else 0.0)
    return sum(means)


@given(hnp.arrays(np.bool_, st.tuples(st.just(2), st.integers(1, 5), st.integers(1, 5))), st.integers(0, 9))
def test_roughness_is_the_mean_over_neighbours_inside(valid, seed):
    responses = np.random.default_rng(seed).normal(size=(2, 3, *valid.shape[1:]))
    tensor = torch.from_numpy(responses)
    got = roughness(tensor, torch.from_numpy(valid[:, None]))
    assert float(got) == pytest.approx(plain_roughness(responses, valid))
    assert float(roughness(tensor, None)) == pytest.approx(plain_roughness(responses, np.ones_like(valid)))


@pytest.mark.parametrize("share", [1.0, 0.6])
def test_continuity_is_the_published_sum_over_the_valid_pixels(share):
    rng = np.random.default_rng(3)
    batch = batch_of(rng, share=share)
    responses = torch.from_numpy(rng.normal(size=(2, 4, 9, 11)).astype(np.float32))
    loss, labels = label_loss(responses, batch, TrainConfig(loss="continuity", similarity=2, continuity=3))
    assert torch.equal(labels, responses.argmax(1))
    inside = batch.segments.numpy() > 0 if batch.valid is None else batch.valid[:, 0].numpy()
    likely = torch.log_softmax(responses, 1).max(1).values.numpy()[inside]
    assert float(loss) == pytest.approx(-2 * likely.mean() + 3 * plain_roughness(responses.numpy(), inside), rel=1e-5)


@pytest.mark.parametrize("loss", ["segments", "continuity"])
def test_nothing_outside_pulls(loss):
    rng = np.random.default_rng(4)
    batch = batch_of(rng, share=0.5)
    responses = torch.from_numpy(rng.normal(size=(2, 4, 9, 11)).astype(np.float32)).requires_grad_()
    value = label_loss(responses, batch, TrainConfig(loss=loss))[0]
    (gradient,) = torch.autograd.grad(value, responses)
    outside = ~batch.valid.expand_as(gradient)
    assert not gradient[outside].any()
    assert gradient[~outside].any()


def test_the_steps_are_those_of_kim_kanezaki_and_tanaka():
    """Follow the published loop with torch's own losses and optimiser."""
    image = np.random.default_rng(5).random((3, 12, 15)).astype(np.float32)
    pool = make_pool([(image, np.ones((12, 15), np.int32))])
    config = AlternatingConfig(depth=2, wide=8, narrow=8, context=(), stride=1)
    course = fit(build(config, 3, seed=0), pool, CONTINUITY, seed=0)
    network = build(config, 3, seed=0).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    close, same = torch.nn.L1Loss(), torch.nn.CrossEntropyLoss()
    losses, counts = [], []
    for _ in range(3):
        responses = network(pool.images)
        labels = responses.argmax(1)
        down, right = responses.diff(dim=2), responses.diff(dim=3)
        loss = same(responses, labels) + 5 * (close(down, down * 0) + close(right, right * 0))
        losses.append(loss.item())
        counts.append(len(labels.unique()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert course.losses == pytest.approx(losses, rel=1e-4)
    assert course.labels == tuple(counts)
