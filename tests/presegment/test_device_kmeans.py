"""The k-means by torch gives the compiled one's labels, to the pixel; on CUDA too where there is some."""

import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import SlicConfig
from pipeline.presegment import presegment, slic
from pipeline.presegment.device_kmeans import cluster_on
from pipeline.presegment.kmeans import cluster
from pipeline.presegment.lattice import Axis

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


def both(device, features, valid, *, place, step, weight, iterations):
    rows, columns = (Axis.of(first, length, step) for first, length in zip(place, valid.shape, strict=True))
    weight = np.float32(weight)
    ours = cluster(features, valid, rows.cell, columns.cell, rows.origin, columns.origin, weight, iterations)
    return ours, cluster_on(device, features, valid, (rows, columns), weight=weight, iterations=iterations)


@pytest.mark.parametrize("device", DEVICES)
@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    bands=st.integers(1, 5),
    shape=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    place=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    step=st.floats(1, 50),
    weight=st.floats(1e-3, 1e6),
    share=st.sampled_from([0.1, 0.6, 1.0]),
    span=st.sampled_from([1, 300, 2**15 - 1]),
)
def test_labels_are_those_of_the_compiled_one(device, *, seed, bands, shape, place, step, weight, share, span):
    rng = np.random.default_rng(seed)
    # A few values only: equally near clusters are common then.
    features = rng.integers(-span, span, (bands, *shape), dtype=np.int16, endpoint=True)
    valid = rng.random(shape) < share
    ours, theirs = both(device, features, valid, place=place, step=step, weight=weight, iterations=4)
    assert theirs.dtype == np.int32
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("device", DEVICES)
def test_on_something_like_a_photograph(device):
    y, x = np.indices((200, 300)) / 15
    image = np.stack([np.sin(y + x), np.cos(y), np.sin(x * y / 9)]) * 4000
    image += np.random.default_rng(0).normal(0, 300, image.shape)
    valid = np.ones(image.shape[1:], bool)
    valid[50:90, 100:140] = False
    ours, theirs = both(device, image.astype(np.int16), valid, place=(1000, 7), step=10.0, weight=400.0, iterations=10)
    assert len(np.unique(ours)) > 400
    assert np.array_equal(ours, theirs)


@pytest.fixture
def image():
    return np.random.default_rng(1).random((3, 60, 80), np.float32)


def test_a_device_is_asked_and_gives_the_same_segments(image, monkeypatch):
    asked = []

    def on(device, *arguments, **settings):
        asked.append(device)
        return cluster_on("cpu", *arguments, **settings)

    monkeypatch.setattr(sys.modules["pipeline.presegment.device_kmeans"], "cluster_on", on)
    valid, config = np.ones(image.shape[1:], bool), SlicConfig(n_segments=2500)
    there = presegment(image, valid, config, (3, 4), "cuda")
    assert asked == ["cuda"]
    assert np.array_equal(there, presegment(image, valid, config, (3, 4)))
    assert asked == ["cuda"]


def test_where_the_devices_memory_does_not_do_it_is_done_here(image, monkeypatch):
    def full(*_arguments, **_settings):
        raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(sys.modules["pipeline.presegment.device_kmeans"], "cluster_on", full)
    valid = np.ones(image.shape[1:], bool)
    there = slic.segment(image, valid, SlicConfig(), (0, 0), "cuda")
    assert np.array_equal(there, slic.segment(image, valid, SlicConfig(), (0, 0), "cpu"))
