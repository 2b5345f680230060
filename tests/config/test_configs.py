from pathlib import Path

import numpy as np
import pytest

from pipeline.config import AlternatingConfig, Config, FelzenszwalbConfig, Kanezaki2018Config, SlicConfig, TrainConfig
from pipeline.config.load import load_config
from pipeline.presegment import presegment
from pipeline.synthetic import make_scene
from pipeline.train import segment
from pipeline.train.device import arithmetic

FOLDER = Path(__file__).parents[2] / "configs"
NAMES = ["adapt", "alternating", "default", "inria", "kanezaki2018", "rmsprop", "tip2020"]


def load(name, *overrides):
    return load_config(FOLDER / f"{name}.toml", overrides)


def test_every_file_is_tested():
    assert sorted(path.name for path in FOLDER.iterdir()) == [f"{name}.toml" for name in NAMES]


def test_kanezaki2018_is_as_published():
    config = load("kanezaki2018")
    assert config.presegment == SlicConfig(method="slic", n_segments=10000, compactness=100, sigma=0, iterations=10)
    assert config.network == Kanezaki2018Config(kind="kanezaki2018", layers=3, channels=100)
    assert config.train == TrainConfig(
        scope="independent",
        start="random",
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.9,
        steps=500,
        min_labels=3,
        keep_labels=False,
        label_share=0,
        churn=0,
        patch=0,
    )


def test_tip2020_is_as_published():
    config = load("tip2020")
    assert config.network == Kanezaki2018Config(kind="kanezaki2018", layers=2, channels=100)
    assert config.train == TrainConfig(
        scope="independent",
        start="random",
        loss="continuity",
        similarity=1,
        continuity=5,
        optimizer="sgd",
        learning_rate=0.1,
        momentum=0.9,
        steps=1000,
        min_labels=3,
        keep_labels=False,
        label_share=0,
        churn=0,
        patch=0,
    )


def test_alternating_is_as_published():
    config = load("alternating")
    assert config.presegment == FelzenszwalbConfig(method="felzenszwalb", scale=64, sigma=0.5, min_size=64)
    assert config.network == AlternatingConfig(kind="alternating", depth=4, wide=64, narrow=32, stride=1, context=())
    assert config.train == TrainConfig(
        scope="independent",
        start="random",
        optimizer="sgd",
        learning_rate=0.05,
        momentum=0.9,
        steps=64,
        min_labels=3,
        keep_labels=False,
        label_share=0,
        churn=0,
        patch=0,
    )


def test_rmsprop_differs_from_alternating_by_optimiser_and_patches():
    first, second = load("alternating").model_dump(), load("rmsprop").model_dump()
    different = {key for key in first["train"] if first["train"][key] != second["train"][key]}
    assert different == {"optimizer", "learning_rate", "momentum", "patch", "patches", "batch"}
    assert second["train"]["optimizer"] == "rmsprop"
    assert {key for key in first if first[key] != second[key]} == {"train"}


@pytest.fixture
def _one_thread():
    with arithmetic(1):
        yield


@pytest.mark.usefixtures("_one_thread")
@pytest.mark.parametrize("name", NAMES)
def test_every_file_runs(name):
    config = load(name, "train.steps=3", "train.start_steps=3", "train.patches=2", "train.min_labels=1")
    # A crop that patches fit into, so that they are drawn where the file asks for them.
    side = config.train.patch + 8 if config.train.patch else 72
    image = make_scene((side, side), seed=1).image.astype(np.float32) / np.float32(255)
    segments = presegment(image, np.ones((side, side), bool), config.presegment)
    result = segment(image, segments, config.train, config.network, seed=config.seed)
    assert result.labels.shape == (side, side)
    assert result.labels.min() >= 1
    assert len(np.unique(result.labels)) > 1
    assert len(result.course.losses) == 3
    assert np.isfinite(result.course.losses).all()


def test_adapt_is_the_default_with_another_scope():
    defaults = Config()
    assert load("adapt") == defaults.model_copy(update={"train": defaults.train.model_copy(update={"scope": "adapt"})})


def test_the_default_file_says_what_the_defaults_are():
    assert load("default") == Config()
