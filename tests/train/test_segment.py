"""The whole of training on one image: pipeline.train.segment."""

import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, Kanezaki2018Config, TrainConfig
from pipeline.train import segment
from pipeline.train.watch import Watch

NETWORKS = [AlternatingConfig(depth=4, wide=10, narrow=10, stride=1), Kanezaki2018Config(layers=2, channels=10)]


def independent(**chosen):
    return TrainConfig(
        **({"scope": "independent", "start": "random", "patch": 0, "steps": 6, "min_labels": 2} | chosen)
    )


def quarters(shape=(24, 30), seed=0):
    """Make four fields of different colours, with noise, and segments of 3 x 3 pixels."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape)
    field = 2 * (rows >= shape[0] // 2) + (columns >= shape[1] // 2)
    image = rng.random((3, 4))[:, field] + rng.normal(0, 0.02, (3, *shape))
    segments = rows // 3 * shape[1] + columns // 3 + 1
    return image.astype(np.float32), segments.astype(np.int32), field


def vote(labels, segments):
    voted = np.zeros_like(labels)
    for number in np.unique(segments[segments > 0]):
        voted[segments == number] = np.bincount(labels[segments == number]).argmax()
    return voted


@pytest.mark.parametrize("network", NETWORKS, ids=["alternating", "kanezaki2018"])
@pytest.mark.parametrize("collar", [0, 6])
def test_the_result_is_the_last_steps_vote(network, collar, monkeypatch):
    last = []
    record = Watch.record

    def spy(self, loss, indices, labels, valid):
        last[:] = [labels[0].numpy() + 1]
        record(self, loss, indices, labels, valid)

    monkeypatch.setattr(Watch, "record", spy)
    image, segments, _ = quarters()
    segments[:, :collar] = 0
    image[:, :, :collar] = 0
    result = segment(image, segments, independent(), network)
    assert np.array_equal(vote(result.labels, segments), np.where(segments > 0, last[0], 0))
    assert np.array_equal(result.labels > 0, segments > 0)


def test_fields_come_apart():
    image, segments, _ = quarters()
    result = segment(image, segments, independent(steps=40, min_labels=4), NETWORKS[0])
    labels = vote(result.labels, segments)
    # A field's inner pixels have one label, and every field another.
    inner = [np.unique(labels[4:8, 4:11]), np.unique(labels[4:8, 19:26]), np.unique(labels[16:20, 4:11])]
    inner.append(np.unique(labels[16:20, 19:26]))
    assert [len(names) for names in inner] == [1, 1, 1, 1]
    assert len(np.unique(np.concatenate(inner))) == 4


@pytest.mark.parametrize("patch", [0, 8])
def test_labels_follow_from_the_seed(patch):
    image, segments, _ = quarters()
    config = independent(patch=patch, patches=5, batch=2, steps=4)
    first, second = (segment(image, segments, config, NETWORKS[0], seed=3) for _ in range(2))
    assert np.array_equal(first.labels, second.labels)
    assert first.course == second.course
    torch.manual_seed(99)
    assert segment(image, segments, config, NETWORKS[0], seed=3).course == first.course
    assert segment(image, segments, config, NETWORKS[0], seed=4).course != first.course


@pytest.mark.parametrize("network", NETWORKS, ids=["alternating", "kanezaki2018"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
@pytest.mark.parametrize("bands", [1, 5])
def test_tiny_images(network, shape, bands):
    image = np.random.default_rng(0).random((bands, *shape)).astype(np.float32)
    segments = np.arange(1, image[0].size + 1, dtype=np.int32).reshape(shape)
    result = segment(image, segments, independent(), network)
    assert result.labels.shape == shape
    assert (result.labels > 0).all()
    assert np.isfinite(result.course.losses).all()


def test_one_valid_pixel_among_many():
    image, segments, _ = quarters()
    segments[:] = 0
    segments[5, 6] = 3
    for patch in (0, 8):
        result = segment(image, segments, independent(patch=patch, patches=3), NETWORKS[0])
        assert np.array_equal(result.labels > 0, segments > 0)
        assert result.course.labels[-1] == 1


def test_one_segment_has_one_label():
    image, segments, _ = quarters()
    result = segment(image, np.ones_like(segments), independent(keep_labels=True), NETWORKS[0])
    assert (result.course.labels, result.course.ended, result.course.kept) == ((1,), "labels", 0)


def test_an_image_of_one_value_works():
    _, segments, _ = quarters()
    result = segment(np.full((3, 24, 30), 0.5, np.float32), segments, independent(), NETWORKS[0])
    assert (result.labels > 0).all()
    assert np.isfinite(result.course.losses).all()


def test_steps_are_reported():
    image, segments, _ = quarters()
    seen = []
    segment(image, segments, independent(min_labels=1, steps=3), NETWORKS[0], on_step=seen.append)
    assert seen == [1, 2, 3]
