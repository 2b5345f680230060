import pytest
import torch

from pipeline.config import TrainConfig
from pipeline.train.watch import Watch


def watch(patches=1, responses=4, **settings):
    return Watch(TrainConfig(**({"label_share": 0.0} | settings)), patches, responses)


def labels(*patches):
    """Give labels of patches of one row."""
    return torch.tensor(patches)[:, None]


def see(watched, indices, *patches, valid=None):
    watched.record(1.0, torch.tensor(indices), labels(*patches), valid)
    return watched.verdict()


def test_labels_are_counted_over_the_last_visit_of_every_patch():
    watched = watch(patches=2, min_labels=1)
    see(watched, [0], [0, 0, 1, 2])
    see(watched, [1], [3, 3, 3, 0])
    see(watched, [0], [0, 0, 0, 0])
    assert watched.labels == [3, 4, 2]


def test_a_label_counts_above_its_share():
    counts = []
    for share in (0.0, 0.2, 0.25, 0.5):
        watched = watch(label_share=share)
        see(watched, [0], [0, 0, 1, 2])
        counts.append(watched.labels[0])
    assert counts == [3, 3, 1, 0]


def test_changes_are_a_share_of_each_patch_since_its_last_visit():
    watched = watch(patches=2, churn=0.3, min_labels=1)
    assert see(watched, [0], [0, 1, 2, 3]) is None
    assert see(watched, [1], [0, 1, 2, 3]) is None
    assert watched.changes == [1, 1]
    assert see(watched, [0], [0, 1, 2, 2]) is None
    assert watched.changes[-1] == (0.25 + 1) / 2
    assert see(watched, [1], [0, 1, 2, 3]) == "churn"
    assert watched.changes[-1] == 0.25 / 2


def test_the_end_waits_until_every_patch_was_seen():
    watched = watch(patches=2, min_labels=3)
    assert see(watched, [0], [0, 0, 0, 0]) is None
    assert see(watched, [0], [0, 0, 0, 0]) is None
    assert see(watched, [1], [0, 0, 0, 1]) == "labels"


@pytest.mark.parametrize(("count", "verdict"), [(2, "labels"), (3, "labels"), (4, None)])
def test_training_ends_at_min_labels(count, verdict):
    assert see(watch(min_labels=3), [0], [*range(count), 0, 0]) == verdict


def test_churn_0_never_ends_a_training():
    watched = watch(min_labels=1)
    see(watched, [0], [0, 1, 2, 3])
    assert see(watched, [0], [0, 1, 2, 3]) is None
    assert watched.changes == [1, 0]


def test_outside_is_neither_counted_nor_compared():
    watched = watch(patches=2, min_labels=1)
    valid = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)[:, None, None]
    see(watched, [1, 0], [0, 1, 2, 2], [0, 0, 0, 0], valid=valid)
    assert watched.labels == [2]
    see(watched, [1, 0], [0, 0, 3, 3], [0, 0, 0, 0], valid=valid)
    assert watched.labels == [2, 1]
    assert watched.changes[-1] == (0.5 + 0) / 2


@pytest.mark.parametrize("responses", [256, 257, 1024])
def test_every_label_is_told_apart(responses):
    watched = watch(responses=responses, min_labels=1)
    see(watched, [0], [0, 0])
    see(watched, [0], [responses - 1, responses - 257 if responses > 256 else 0])
    assert watched.labels == [1, 2]
    assert watched.changes[-1] == (1.0 if responses > 257 else 0.5)


def test_a_patch_whose_valid_pixels_the_lattice_misses_does_not_change():
    watched = watch(patches=2, churn=0.3, min_labels=1)
    nothing = torch.zeros(1, 1, 1, 4, dtype=torch.bool)
    for _ in range(2):
        see(watched, [0], [0, 1, 2, 3])
        see(watched, [1], [0, 1, 2, 3], valid=nothing)
    assert watched.changes == [1.0, 1.0, 0.5, 0.0]
    assert watched.verdict() == "churn"
