from importlib import import_module

import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, Kanezaki2018Config
from pipeline.context import widen
from pipeline.grid import Grid
from pipeline.net import build
from pipeline.train import freeze, infer, make_pool

# The package gives the function the module's name.
MODULE = import_module("pipeline.train.strongest")
NETWORKS = {
    "alternating": AlternatingConfig(depth=4, wide=8, narrow=8, context=(1.0,), stride=1),
    "stride 2": AlternatingConfig(depth=4, wide=8, narrow=8, context=(1.0,)),
    "stride 3": Kanezaki2018Config(layers=2, channels=8, stride=3),
    "kanezaki2018": Kanezaki2018Config(layers=3, channels=8),
}


def scene(shape=(41, 37), bands=3, seed=0):
    """Make smooth waves, so that most labels cover more than a pixel."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(shape) / 6
    waves = [np.sin(a * rows + b) * np.cos(c * columns) for a, b, c in rng.random((bands, 3)) * 2]
    return (np.stack(waves) / 2 + 0.5).astype(np.float32)


def frozen(config, image):
    network = build(config, len(image), seed=0)
    inputs = widen(image, everywhere(image), network.plan.context)
    freeze(network, make_pool([(inputs, np.ones(image.shape[1:], np.int32))]), batch=1)
    return network


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def network(request):
    return frozen(request.param, scene())


def responses_of(network, image, valid=None):
    with torch.no_grad():
        valid = everywhere(image) if valid is None else valid
        responses = network(torch.from_numpy(widen(image, valid, network.plan.context)[None]))[0].numpy()
    # Between responses counts the one above and to the left.
    every = responses.repeat(network.plan.stride, 1).repeat(network.plan.stride, 2)
    return every[:, : image.shape[1], : image.shape[2]]


def everywhere(image):
    return np.ones(image.shape[1:], bool)


def test_labels_are_the_strongest_responses_counted_from_1(network):
    image = scene()
    labels = infer(network, image, everywhere(image))
    assert labels.dtype == np.uint16
    assert np.array_equal(labels, responses_of(network, image).argmax(0) + 1)
    assert len(np.unique(labels)) > 3


@pytest.mark.parametrize("side", [1, 5, 10, 17, 40])
def test_blocks_do_not_show(network, monkeypatch, side):
    image = scene()
    whole = infer(network, image, everywhere(image))
    monkeypatch.setattr(MODULE, "BLOCK_SIDE", side)
    assert np.array_equal(infer(network, image, everywhere(image)), whole)


@pytest.mark.parametrize("halo", [0, 1, 2, 3, 8])
def test_a_tile_gives_what_the_scene_gives_beyond_the_radius(network, halo):
    image = scene()
    whole = infer(network, image, everywhere(image))
    grid = Grid(image.shape[1:], 14, halo)
    same = np.ones(grid.shape, bool)
    for tile in grid:
        rows, columns = tile.read.slices(grid.scene)
        place = tile.read.top, tile.read.left
        part = infer(network, image[:, rows, columns].copy(), everywhere(image)[rows, columns], place=place)
        write = tile.write.slices(grid.scene)
        same[write] = part[tile.write.slices(tile.read)] == whole[write]
    rim = np.zeros(grid.shape, bool)
    for edge in grid.row_edges[1:-1]:
        rim[max(edge - network.plan.reach + halo, 0) : edge + network.plan.reach - halo] = True
    for edge in grid.column_edges[1:-1]:
        rim[:, max(edge - network.plan.reach + halo, 0) : edge + network.plan.reach - halo] = True
    assert same[~rim].all()
    if halo >= network.plan.reach:
        assert not rim.any()
    if halo == 0:
        assert not same.all()


def test_outside_is_0(network, monkeypatch):
    image = scene()
    valid = np.random.default_rng(0).random(image.shape[1:]) < 0.7
    valid[10:20] = False
    monkeypatch.setattr(MODULE, "BLOCK_SIDE", 14)
    labels = infer(network, image, valid)
    assert np.array_equal(labels > 0, valid)
    expected = responses_of(network, image, valid).argmax(0) + 1
    assert np.array_equal(labels[valid], expected[valid])
    assert not infer(network, image, np.zeros_like(valid)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1)])
def test_thin_images(network, shape):
    image = scene(shape)
    labels = infer(network, image, everywhere(image))
    assert np.array_equal(labels, responses_of(network, image).argmax(0) + 1)


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (0, 1), (1, 1), (2, 5)])
@pytest.mark.parametrize("where", [(0, slice(None)), (slice(None), 0), (0, 0), (-1, -1)])
def test_every_valid_pixel_has_a_label_wherever_the_lattice_lies(network, place, where, monkeypatch):
    image = scene((9, 9))
    valid = np.zeros((9, 9), bool)
    valid[where] = True
    monkeypatch.setattr(MODULE, "BLOCK_SIDE", 4)
    assert np.array_equal(infer(network, image * valid, valid, place=place) > 0, valid)
