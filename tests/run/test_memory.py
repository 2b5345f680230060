"""Projected memory: what makes it grow, and what it must not fall below."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.config import Config, PresegmentConfig
from pipeline.config.load import load_config
from pipeline.netplan import plan_network
from pipeline.run.memory import PROCESS_BYTES, MemoryPlan, plan_memory

_SQUARE = Box(0, 0, 1152, 1152)
_METHODS = [model().method for model in get_args(get_args(PresegmentConfig)[0])]


def project(*settings: str, side: int = 512, channels: int = 3, prior: bool = True) -> MemoryPlan:
    return plan_memory(load_config(None, settings), Box(0, 0, side, side), channels, prior=prior)


def test_the_default_fits_a_small_machine():
    memory = plan_memory(Config(), _SQUARE, 3, prior=True)
    assert 0.6e9 < memory.tile < 1.2e9
    assert 0.5e9 < memory.prior < 1.5e9
    # The bar: 42 Mpx on two workers under 4 GB, all processes together.
    assert memory.total(2) < 4e9


def test_every_method_has_its_figure():
    assert len(_METHODS) == 3
    for method in _METHODS:
        memory = project(f"presegment.method={method}", side=2048)
        # At least the image in float32, its scaled copy's mask and the segments.
        assert memory.tile > PROCESS_BYTES + 2048**2 * (3 * 4 + 1 + 4)


@given(st.integers(16, 4096), st.integers(1, 2000), st.integers(1, 12), st.sampled_from(_METHODS))
def test_larger_tiles_and_more_bands_never_need_less(side, more, channels, method):
    setting = f"presegment.method={method}"
    small = project(setting, side=side, channels=channels)
    large = project(setting, side=side + more, channels=channels)
    deep = project(setting, side=side, channels=channels + 1)
    assert large.tile > small.tile
    assert large.main > small.main
    assert large.prior == small.prior
    assert deep.tile > small.tile
    assert deep.prior > small.prior


def test_a_worker_holds_a_tile_or_a_part_of_the_map():
    tile = plan_memory(Config(), _SQUARE, 3, prior=True).tile
    few, many = (plan_memory(Config(), _SQUARE, 3, prior=True, surveys=size) for size in (1000, 10**10))
    assert few.tile == tile
    assert many.tile == PROCESS_BYTES + 10**10


def test_the_main_process_holds_a_border_across_the_scene():
    narrow, wide = (plan_memory(Config(), _SQUARE, 3, prior=True, width=width) for width in (1000, 101_000))
    assert wide.main - narrow.main == 12 * 2 * Config().tiles.halo * 100_000
    assert (wide.tile, wide.prior) == (narrow.tile, narrow.prior)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("train.patch=64", "train.patch=128"),
        ("train.batch=4", "train.batch=8"),
        ("train.patches=10", "train.patches=100"),
        ("network.wide=64", "network.wide=128"),
        ("network.depth=4", "network.depth=8"),
    ],
)
def test_what_makes_the_prior_grow(less, more):
    assert project(less).prior < project(more).prior


def test_training_on_a_whole_tile_holds_its_activations():
    whole = ("train.scope=independent", "train.patch=0")
    tile = project(*whole, side=1024, prior=False)
    network = plan_network(Config().network, 3)
    # Every channel's response is kept for the way back, in float32, and so is its gradient.
    assert tile.tile > 1024**2 * network.activations * 8
    assert project("train.scope=independent", side=1024, prior=False).tile < tile.tile
    assert project(side=1024).tile < tile.tile


def test_the_continuity_loss_holds_the_differences_of_neighbours():
    whole = ("train.scope=independent", "train.patch=0", "network.kind=kanezaki2018")
    plain, smooth = (
        project(*whole, f"train.loss={loss}", side=512, prior=False) for loss in ("segments", "continuity")
    )
    # Measured at 512 px: 2.5 bytes more a pixel and channel, with 300 channels of which 100 are responses.
    assert smooth.tile - plain.tile >= 512**2 * 300 * 2.5


def test_a_tile_that_trains_on_needs_its_activations():
    small = {"side": 128, "prior": False}
    assert project("train.scope=adapt", "train.batch=16", **small).tile > project(**small).tile
    assert project("train.scope=adapt").prior == project().prior


def test_without_training_there_is_no_prior_to_hold():
    assert project(prior=False).prior == 0
    assert project(prior=False).tile == project().tile


@given(st.integers(1, 64), st.booleans())
def test_processes_add_up(workers, prior):
    memory = project(prior=prior)
    assert memory.total(workers + 1) == memory.total(workers) + memory.tile
    assert memory.total(workers) >= memory.main + workers * memory.tile
    # One process in place of two shares what every process holds.
    assert memory.total(0) == memory.total(1) - PROCESS_BYTES
