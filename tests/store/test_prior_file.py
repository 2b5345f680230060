import os
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.config import AlternatingConfig, Kanezaki2018Config
from pipeline.errors import InputError
from pipeline.meaning import Meaning
from pipeline.net import build
from pipeline.store.prior import Prior, cached_prior, load_prior, save_prior
from pipeline.train import freeze, make_pool

CONFIGS = [AlternatingConfig(depth=3, wide=6, narrow=5, context=()), Kanezaki2018Config(layers=2, channels=7)]
MEANING = Meaning(
    bands=(4, 1),
    channels=2,
    low=(0.0, -1.5),
    high=(255.0, 1e300),
    names=("fields", "Straßen", "class 3"),
    colours=((1, 2, 3), (255, 0, 9), (0, 0, 0)),
    roughness=(0.01, 0.2, 0.0),
    shares=(0.6, 0.3, 0.1),
    merges=((1, 3),),
)


def picture(seed=0):
    return np.random.default_rng(seed).random((2, 12, 11)).astype(np.float32)


def trained(config):
    """Make a frozen network of three of its responses, in another order."""
    network = build(config, 2, seed=1)
    freeze(network, make_pool([(picture(), np.ones((12, 11), np.int32))]), batch=1)
    network.keep([4, 0, 2])
    return network


@pytest.fixture(params=CONFIGS, ids=["alternating", "kanezaki2018"])
def prior(request):
    return Prior(trained(request.param), request.param, MEANING)


@pytest.fixture
def path(tmp_path, prior):
    file = tmp_path / "prior.pt"
    save_prior(file, prior)
    return file


def refusal(path):
    with pytest.raises(InputError) as caught:
        load_prior(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    assert "\x1b" not in text
    return text


def test_a_prior_comes_back(path, prior):
    loaded = load_prior(path)
    assert loaded.config == prior.config
    assert loaded.meaning == MEANING
    assert not loaded.network.training
    image = torch.from_numpy(picture(1))[None]
    with torch.no_grad():
        assert torch.equal(loaded.network(image), prior.network(image))
    assert [file.name for file in path.parent.iterdir()] == ["prior.pt"]


def test_a_prior_from_before_strides_has_none(path):
    content = torch.load(path, weights_only=True)
    content["format"] = 3
    for name in ("stride", "precision"):
        del content["network"][name]
    torch.save(content, path)
    loaded = load_prior(path)
    assert (loaded.config.stride, loaded.config.precision, loaded.network.plan.stride) == (1, "float32", 1)


def test_a_prior_whose_last_convolution_had_the_stride_is_refused(path):
    """Its weights would fit, and give other labels."""
    content = torch.load(path, weights_only=True)
    content["format"] = 3
    content["network"]["stride"] = 2
    torch.save(content, path)
    assert "train it again" in refusal(path)


def test_saving_what_was_loaded_changes_nothing(path, tmp_path):
    other = tmp_path / "other.pt"
    save_prior(other, load_prior(path))
    assert other.read_bytes() == path.read_bytes()


def test_torchs_chance_is_left_alone(path):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    load_prior(path)
    assert torch.equal(torch.rand(3), expected)


def test_a_missing_file_is_refused(tmp_path):
    for path in (tmp_path / "no.pt", tmp_path):
        assert "cannot be read as a prior" in refusal(path)
        if path != tmp_path:
            with pytest.raises(InputError, match="No such file"):
                cached_prior(path, "cpu")


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("write", [lambda bomb, path: path.write_bytes(pickle.dumps(bomb)), torch.save])
def test_nothing_in_the_file_is_run(tmp_path, write, wrap):
    path, target = tmp_path / "bomb.pt", tmp_path / "ran"
    bomb = Bomb(target)
    write({"format": 3, "network": {"kind": "alternating"}, "meaning": bomb} if wrap else bomb, path)
    refusal(path)
    assert not target.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"PK\x03\x04" + bytes(100), np.random.default_rng(0).bytes(5000), b"\x80\x05]."],
    ids=["empty", "text", "zip", "random", "pickle"],
)
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other.pt"
    path.write_bytes(content)
    assert "is not a whole prior.pt of this program (" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        torch.zeros(3),
        [1, 2],
        None,
        {},
        {"format": 3},
        build(CONFIGS[0], 2, seed=0).state_dict(),
        build(CONFIGS[0], 2, seed=0),
        {"format": 3, "network": {"kind": "unet"}, "meaning": {}, "state": {}},
        {"format": 3, "network": {"kind": "alternating"}, "meaning": {"names": ()}, "state": {}},
    ],
    ids=str,
)
def test_a_torch_file_of_other_content_is_refused(tmp_path, content):
    path = tmp_path / "other.pt"
    torch.save(content, path)
    assert "prior.pt of this program (" in refusal(path)


def test_parts_that_do_not_fit_together_are_refused(tmp_path, prior):
    path = tmp_path / "mixed.pt"
    wrong = [
        replace(prior, meaning=replace(MEANING, names=("one", "two"))),
        replace(prior, meaning=replace(MEANING, channels=3)),
        replace(prior, config=AlternatingConfig(depth=1, context=())),
    ]
    for mixed in wrong:
        save_prior(path, mixed)
        assert "is not a whole prior.pt of this program (Error(s) in loading state_dict" in refusal(path)


def test_a_tree_of_other_classes_is_refused(path):
    content = torch.load(path, weights_only=True)
    for merges in ((), ((1, 2), (1, 3)), ((3, 1),), ((1, 4),)):
        torch.save(content | {"meaning": content["meaning"] | {"merges": merges}}, path)
        assert "is not a whole prior.pt of this program (Tree" in refusal(path)
    torch.save(content | {"meaning": content["meaning"] | {"merges": (), "shares": (0.5, 0.5)}}, path)
    assert "is not a whole prior.pt of this program (3 classes and a tree of 2" in refusal(path)


def test_another_format_is_named(path):
    content = torch.load(path, weights_only=True)
    torch.save(content | {"format": 7}, path)
    assert refusal(path).endswith("is a prior of format 7, this version reads 4; train it again")


def test_damage_is_found(path, prior):
    whole = path.read_bytes()
    for length in (10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        refusal(path)
    weights = next(iter(prior.network.state_dict().values())).numpy().tobytes()
    damaged = bytearray(whole)
    damaged[whole.index(weights)] ^= 1
    path.write_bytes(damaged)
    assert "a checksum is wrong" in refusal(path)


def test_a_prior_is_read_once_until_its_file_changes(path, prior):
    first = cached_prior(path, "cpu")
    assert cached_prior(path, "cpu") is first
    save_prior(path, replace(prior, meaning=replace(MEANING, names=("a", "b", "c"))))
    os.utime(path, ns=(1, 1))
    assert cached_prior(path, "cpu").meaning.names == ("a", "b", "c")
