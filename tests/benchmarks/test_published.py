import numpy as np
import pytest
import torch

from benchmarks.comparison.method import Task
from benchmarks.comparison.published import Snapshots, train_published
from benchmarks.comparison.scenes import Sample, Scene
from pipeline.box import Box
from pipeline.config.load import load_config
from pipeline.synthetic import make_scene


def snapshots_of(counts, shape=(10, 10)):
    taken = Snapshots(np.ones(shape, bool), 0.0)
    for step, count in enumerate(counts):
        taken.take(step, torch.arange(100).remainder(count).reshape(1, *shape))
    return {outcome.asked: outcome for outcome in taken.outcomes("")}


def test_the_last_state_with_enough_labels_is_kept():
    found = snapshots_of([30, 20, 17, 12, 18, 9, 7, 5, 3])
    assert {asked: outcome.step for asked, outcome in found.items()} == {16: 4, 8: 5, 4: 7}
    assert [len(np.unique(found[asked].labels)) for asked in (16, 8, 4)] == [18, 9, 5]


def test_what_is_not_reached_is_said():
    found = snapshots_of([30, 20, 12, 10])
    assert found[16].step == 1
    assert found[8].labels is None
    assert found[8].note == "not reached within 4 steps: 10 labels left"
    assert snapshots_of([9, 3])[16].note == "never had 16 labels"


def test_outside_is_no_label():
    valid = np.zeros((10, 10), bool)
    valid[:2] = True
    taken = Snapshots(valid, 0.0)
    taken.take(0, torch.arange(100).reshape(1, 10, 10) // 5)
    (outcome,) = (one for one in taken.outcomes("") if one.asked == 4)
    assert taken.counts == [4]
    assert np.array_equal(outcome.labels > 0, valid)


@pytest.mark.parametrize("loss", ["segments", "continuity"])
def test_a_training_gives_its_states(loss):
    image = make_scene((64, 64), seed=2).image.astype(np.float32) / 255
    sample = Sample(image, np.ones((64, 64), bool), np.zeros((64, 64), np.uint8))
    scene = Scene("some", "scene", None, None, Box(0, 0, 64, 64))
    config = load_config(
        None,
        [
            *("train.scope=independent", "train.start=random", "train.patch=0", "train.min_labels=3"),
            *("train.label_share=0", "train.keep_labels=false", "network.wide=24", "network.narrow=24"),
            *("network.depth=2", "network.stride=1", "train.learning_rate=0.3", f"train.loss={loss}"),
        ],
    )
    outcomes = train_published(Task(scene, sample, seed=0, steps=60), config)
    again = train_published(Task(scene, sample, seed=0, steps=60), config)
    assert [outcome.asked for outcome in outcomes] == [16, 8, 4]
    reached = [outcome for outcome in outcomes if outcome.labels is not None]
    assert reached
    for outcome in reached:
        assert len(np.unique(outcome.labels)) >= outcome.asked
    assert [outcome.step for outcome in again] == [outcome.step for outcome in outcomes]
