"""Training on from a prior in one tile: pipeline.train.adapt."""

import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as search
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.config import AlternatingConfig, LevelsConfig, TrainConfig
from pipeline.context import widen
from pipeline.errors import TrainingDivergedError
from pipeline.net import build
from pipeline.segmented import Segmented
from pipeline.stitch.overlap import contingency
from pipeline.stitch.votes import majority
from pipeline.train import adapt, find_clusters, infer, make_pool, train_network
from pipeline.train.adapt import match_classes
from pipeline.train.strongest import strongest

NETWORK = AlternatingConfig(depth=2, wide=12, narrow=12, stride=1)
COUNT = 5


def fields(shape=(48, 60), seed=0, outside=0.0):
    """Make six fields of different colours, with noise, and segments of 3 x 3 pixels."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    field = 3 * (rows * 2 // shape[0]) + columns * 3 // shape[1]
    image = rng.random((3, 6))[:, field] + rng.normal(0, 0.05, (3, *shape))
    segments = rows // 3 * shape[1] + columns // 3 + 1
    gone = columns < outside * shape[1]
    return np.where(gone, 0, image).astype(np.float32), np.where(gone, 0, segments).astype(np.int32)


def voted(labels, segments):
    """Return the labels that win a segment."""
    return set(majority(contingency(segments, labels), int(segments.max()) + 1)[1:].tolist()) - {0}


def settings(**chosen):
    quick = {"scope": "adapt", "steps": 6, "start_steps": 20, "start_classes": 6, "patch": 24, "patches": 8, "batch": 4}
    return TrainConfig(**(quick | {"min_labels": 2, "adapt_steps": 4, "adapt_rate": 0.01} | chosen))


@pytest.fixture(scope="module")
def prior():
    image, segments = fields(seed=0)
    network = build(NETWORK, 3, seed=0)
    whole = Segmented(image, segments)
    targets = find_clusters([whole], settings(), LevelsConfig(), 6).assign(whole)
    pool = make_pool([(widen(image, segments > 0, network.plan.context), segments)], [targets])
    train_network(network, pool, settings(), seed=0)
    image, segments = fields()
    network.keep([int(label) - 1 for label in np.unique(infer(network, image, segments > 0))])
    assert network.plan.responses >= 3
    return network


@search(deadline=None)
@given(arrays.arrays(np.int64, 40, elements=st.integers(0, COUNT - 1)), st.permutations(range(COUNT)))
def test_labels_that_change_places_are_put_back(before, places):
    classes = match_classes(np.array(places)[before], before, COUNT)
    assert sorted(classes.tolist()) == list(range(COUNT))
    assert np.array_equal(classes[np.array(places)[before]], before)


@search(deadline=None)
@given(*[arrays.arrays(np.int64, 40, elements=st.integers(0, COUNT - 1)) for _ in range(2)])
def test_no_two_labels_become_one_class_and_no_match_is_better(after, before):
    classes = match_classes(after, before, COUNT)
    assert sorted(classes.tolist()) == list(range(COUNT))
    assert np.mean(classes[after] == before) >= np.mean(after == before)
    # What nobody has keeps its number, where no other label took it.
    unused = [label for label in range(COUNT) if label not in after and label not in classes[np.unique(after)]]
    assert classes[unused].tolist() == unused


@pytest.mark.parametrize("outside", [0.0, 0.4])
def test_a_tile_moves_and_keeps_its_classes(prior, outside):
    image, segments = fields(seed=1, outside=outside)
    state = {name: value.clone() for name, value in prior.state_dict().items()}
    own = infer(prior, image, segments > 0)
    result = adapt(prior, image, segments, settings(adapt_rate=0.05), seed=3)
    assert np.array_equal(result.labels == 0, segments == 0)
    assert result.labels.max() <= prior.plan.responses
    assert len(result.course.losses) == 4
    assert 0 < np.mean(result.labels != own) < 0.5
    # The prior is as it was, frozen.
    assert not prior.training
    assert all(torch.equal(value, state[name]) for name, value in prior.state_dict().items())
    assert np.array_equal(infer(prior, image, segments > 0), own)


def test_the_seed_decides(prior):
    image, segments = fields(seed=1)
    first, again, other = (adapt(prior, image, segments, settings(), seed=seed) for seed in (3, 3, 4))
    assert first.course == again.course
    assert np.array_equal(first.labels, again.labels)
    assert first.course != other.course


def test_a_class_of_some_size_is_never_lost(prior):
    """A step width that merges everything: what the prior sees stays, unless it is below the share that counts."""
    image, segments = fields(seed=1)
    classes = voted(infer(prior, image, segments > 0), segments)
    steep = {"adapt_rate": 3.0, "adapt_steps": 6}
    kept = adapt(prior, image, segments, settings(**steep, adapt_share=0.0), seed=0)
    assert kept.course.ended == "classes"
    assert kept.course.kept < 5
    assert classes <= voted(kept.labels, segments)
    loose = adapt(prior, image, segments, settings(**steep | {"adapt_rate": 30.0}, adapt_share=0.6), seed=0)
    assert loose.course.kept == len(loose.course.losses) - 1
    assert not classes <= voted(loose.labels, segments)


def test_responses_that_change_places_in_training_do_not_in_the_result(prior, monkeypatch):
    calls = []

    def turning(network, inputs, valid, device, place):
        labels = strongest(network, inputs, valid, device, place)
        calls.append(labels)
        return labels if len(calls) == 1 else np.where(valid, labels % prior.plan.responses + 1, 0).astype(np.uint16)

    image, segments = fields(seed=1, outside=0.2)
    monkeypatch.setattr(sys.modules["pipeline.train.adapt"], "strongest", turning)
    result = adapt(prior, image, segments, settings(adapt_share=0.2), seed=0)
    assert result.course.kept == 3
    assert np.array_equal(result.labels, calls[-1])
    assert np.mean(result.labels == calls[0]) > 0.8


def test_the_share_that_changed_is_counted_in_segments(prior, monkeypatch):
    monkeypatch.setattr(
        sys.modules["pipeline.train.adapt"], "match_classes", lambda _after, _before, count: _swap(count)
    )
    image, segments = fields(seed=1)
    result = adapt(prior, image, segments, settings(adapt_rate=1e-9, adapt_share=0), seed=0)
    own = infer(prior, image, segments > 0)
    assert result.changed == pytest.approx(np.mean(own <= 2), abs=0.1)


def _swap(count):
    return np.array([1, 0, *range(2, count)])


def test_a_tile_of_a_few_pixels_takes_the_prior_as_it_is(prior):
    image, segments = fields(seed=1, outside=0.85)
    assert 0 < np.count_nonzero(segments) < 24**2
    result = adapt(prior, image, segments, settings(), seed=0)
    assert result.course is None
    assert result.changed == 0
    assert np.array_equal(result.labels, infer(prior, image, segments > 0))


def test_divergence_names_the_setting(prior):
    image, segments = fields(seed=1)
    with pytest.raises(TrainingDivergedError, match=r"train\.adapt_rate"):
        adapt(prior, image, segments, settings(adapt_rate=1e30, adapt_steps=20), seed=0)
