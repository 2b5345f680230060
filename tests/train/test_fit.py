import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, Kanezaki2018Config, TrainConfig
from pipeline.errors import TrainingDivergedError
from pipeline.net import build
from pipeline.train import fit, make_pool
from pipeline.train.watch import Watch

NETWORK = AlternatingConfig(depth=2, wide=12, narrow=12, context=(), stride=1)


def blocks(shape=(24, 30), side=3, seed=0, bands=3, share=1.0):
    """Make an image of noisy blocks and its blocks as segments."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape) // side
    segments = (rows * (columns.max() + 1) + columns + 1).astype(np.int32)
    image = rng.random((bands, segments.max() + 1))[:, segments] + rng.normal(0, 0.1, (bands, *shape))
    outside = rng.random(shape) >= share
    segments[outside] = 0
    return np.where(outside, 0, image).astype(np.float32), segments


def settings(**chosen):
    return TrainConfig(**({"min_labels": 1, "label_share": 0.0, "steps": 12, "keep_labels": False} | chosen))


def train(pool, config, seed=0, network=NETWORK, on_step=None):
    trained = build(network, pool.images.shape[1], seed=seed)
    return trained, fit(trained, pool, config, seed=seed, on_step=on_step)


def labels_of(network, pool):
    """Label every segment of a pool by a plain loop, with the statistics of the pool itself, as in training."""
    with torch.no_grad():
        batch = pool.batch(range(len(pool)), "cpu")
        labels = network.train()(batch.images, batch.valid).argmax(1)
    voted = labels.clone()
    for segment in batch.segments[batch.segments > 0].unique():
        inside = batch.segments == segment
        if batch.valid is not None:
            inside &= batch.valid[:, 0]
        voted[inside] = labels[inside].bincount().argmax()
    return voted if batch.valid is None else torch.where(batch.valid[:, 0], voted, -1)


def label_count(network, pool):
    labels = labels_of(network, pool)
    return len(labels[labels >= 0].unique())


@pytest.mark.parametrize("share", [1.0, 0.7])
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop"])
def test_the_same_seed_gives_the_same_weights(share, optimizer):
    pool = make_pool([blocks(seed=seed, share=share) for seed in range(3)])
    config = settings(batch=2, optimizer=optimizer, steps=5, learning_rate=0.01)
    (first, course), (second, again) = train(pool, config), train(pool, config)
    assert course == again
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), second.parameters(), strict=True))
    other = fit(build(NETWORK, 3, seed=0), pool, config, seed=1)
    assert other.losses != course.losses


def test_the_steps_are_kanezakis():
    """Follow the published loop, segment by segment, with torch's own optimiser and loss."""
    pool = make_pool([blocks()])
    course = train(pool, settings(steps=4, learning_rate=0.1))[1]
    network = build(NETWORK, 3, seed=0).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    losses, counts = [], []
    for _ in range(4):
        targets = labels_of(network, pool)
        loss = torch.nn.CrossEntropyLoss()(network(pool.images), targets)
        losses.append(loss.item())
        counts.append(len(targets.unique()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert course.losses == pytest.approx(losses, rel=1e-4)
    assert course.labels == tuple(counts)


def test_steps_bound_the_training():
    seen = []
    course = train(make_pool([blocks()]), settings(steps=4), on_step=seen.append)[1]
    assert (course.ended, course.kept) == ("steps", 3)
    assert len(course.losses) == len(course.labels) == len(course.changes) == 4
    assert seen == [1, 2, 3, 4]


def test_labels_of_every_step_are_told():
    told = []
    network, pool = build(NETWORK, 3, seed=0), make_pool([blocks()])
    course = fit(network, pool, settings(steps=4), seed=0, on_labels=lambda *step: told.append(step))
    assert [step for step, _ in told] == [0, 1, 2, 3]
    assert tuple(len(labels.unique()) for _, labels in told) == course.labels
    assert torch.equal(told[-1][1], labels_of(network, pool))


def test_training_stops_as_soon_as_min_labels_are_left():
    course = train(make_pool([blocks()]), settings(steps=200, min_labels=6))[1]
    assert course.ended == "labels"
    assert course.labels[-1] <= 6 < min(course.labels[:-1])
    assert course.kept == len(course.losses) - 1


def test_training_stops_when_labels_settle():
    pool = make_pool([blocks(share=0.9)])
    course = train(pool, settings(steps=300, churn=0.05))[1]
    assert course.ended == "churn"
    assert course.changes[-1] < 0.05 <= min(course.changes[:-1])
    assert course.labels[-1] > 1


@pytest.mark.parametrize("share", [1.0, 0.8])
@pytest.mark.parametrize("steps", [1, 5])
def test_the_weights_at_the_end_are_those_whose_labels_were_counted(share, steps, monkeypatch):
    counted = []
    record = Watch.record

    def spy(self, loss, indices, labels, valid):
        counted.append(labels if valid is None else torch.where(valid[:, 0], labels, -1))
        record(self, loss, indices, labels, valid)

    monkeypatch.setattr(Watch, "record", spy)
    pool = make_pool([blocks(share=share)])
    network, course = train(pool, settings(steps=steps))
    assert len(counted) == steps == course.kept + 1
    assert torch.equal(labels_of(network, pool), counted[-1])
    assert course.labels[-1] == label_count(network, pool)


def jumping(keep_labels, seed, network=NETWORK):
    """Train so hard that labels fall below min_labels in one jump."""
    pool = make_pool([blocks(seed=seed)])
    config = settings(steps=100, min_labels=7, learning_rate=0.5, keep_labels=keep_labels)
    return pool, *train(pool, config, seed, network)


def test_keep_labels_goes_back_to_the_last_state_that_had_them():
    jumps = 0
    for seed in range(6):
        pool, network, course = jumping(keep_labels=True, seed=seed)
        assert course.ended == "labels"
        assert label_count(network, pool) == course.labels[course.kept] >= 7
        if course.labels[-1] < 7:
            jumps += 1
            assert course.kept == len(course.labels) - 2
            assert course.labels[course.kept] > 7
        plain = jumping(keep_labels=False, seed=seed)[2]
        assert plain.labels == course.labels
        assert plain.kept == len(plain.labels) - 1
    assert jumps


def test_keep_labels_has_nothing_to_go_back_to_when_labels_are_few_from_the_start():
    pool = make_pool([blocks()])
    network, course = train(pool, settings(min_labels=100, keep_labels=True))
    assert (course.ended, course.kept, len(course.losses)) == ("labels", 0, 1)
    before = build(NETWORK, 3, seed=0)
    assert all(torch.equal(one, other) for one, other in zip(network.parameters(), before.parameters(), strict=True))


@pytest.mark.parametrize(("first", "kept"), [([0, 1, 0, 1], 3), ([0, 1, 2, 3], 0)])
def test_keep_labels_goes_back_to_a_state_that_had_enough_by_its_own_count(first, kept, monkeypatch):
    """Let few labels be left when the last of the patches is seen first; enough of them at the start, or never."""
    states = []
    record = Watch.record
    network = build(NETWORK, 3, seed=0)

    def spy(self, loss, indices, labels, valid):
        labels = torch.tensor(first).repeat(labels.numel() // 4).reshape(labels.shape) * (not states)
        states.append({name: value.clone() for name, value in network.state_dict().items()})
        record(self, loss, indices, labels, valid)

    monkeypatch.setattr(Watch, "record", spy)
    pool = make_pool([blocks(seed=seed) for seed in range(4)])
    course = fit(network, pool, settings(batch=1, min_labels=3, label_share=0.2, keep_labels=True), seed=0)
    assert (course.ended, course.kept, len(course.losses)) == ("labels", kept, 4)
    assert all(torch.equal(states[kept][name], value) for name, value in network.state_dict().items())


def test_a_loss_that_is_no_number_is_an_error():
    image, segments = blocks()
    image[:, 3, 3] = np.nan
    with pytest.raises(TrainingDivergedError, match=r"the loss is nan at step 0; lower train\.learning_rate"):
        train(make_pool([(image, segments)]), settings())


def test_a_training_that_runs_away_is_an_error():
    with pytest.raises(TrainingDivergedError, match=r"now 1e\+38"):
        train(make_pool([blocks()]), settings(learning_rate=1e38))


@pytest.mark.parametrize(
    "network",
    [AlternatingConfig(depth=2, wide=8, narrow=8, context=(), stride=1), Kanezaki2018Config(layers=1, channels=8)],
    ids=repr,
)
def test_outside_has_no_part_in_it(network):
    """Surround an image by outside: with one 3x3 convolution, that is what lies beyond an image's edge."""
    image, segments = blocks((12, 12))
    wide, outside = np.pad(image, [(0, 0), (2, 1), (0, 8)]), np.pad(segments, [(2, 1), (0, 8)])
    expected = train(make_pool([(image, segments)]), settings(steps=4), network=network)[1]
    course = train(make_pool([(wide, outside)]), settings(steps=4), network=network)[1]
    assert course.losses == pytest.approx(expected.losses, rel=1e-4)
    assert course.labels == expected.labels
    assert course.changes == pytest.approx(expected.changes)
