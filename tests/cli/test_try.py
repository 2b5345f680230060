"""How values to try are written, and the command itself."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.cli import main
from pipeline.cli.trial import split_values, spread
from pipeline.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("32", ["32"]),
        ("32,64,128", ["32", "64", "128"]),
        (" 32 , 64 ", ["32", "64"]),
        ("felzenszwalb,slic", ["felzenszwalb", "slic"]),
        ("[3,2,1]", ["[3,2,1]"]),
        ("[1,2,3],[3,2,1]", ["[1,2,3]", "[3,2,1]"]),
        ("[[1,2],[3]],4", ["[[1,2],[3]]", "4"]),
        ("unset,[1, 2]", ["unset", "[1, 2]"]),
        ('"a,b.pt","c.pt"', ['"a,b.pt"', '"c.pt"']),
        ("'a,\"b'", ["'a,\"b'"]),
        ('["x,]", "y"],["z"]', ['["x,]", "y"]', '["z"]']),
        ("{a=1,b=2}", ["{a=1,b=2}"]),
        ("", [""]),
        ("1,", ["1", ""]),
    ],
)
def test_commas_outside_brackets_and_quotes_separate_values(text, values):
    assert split_values(text) == values


@given(st.lists(st.one_of(st.integers(), st.lists(st.integers()), st.sampled_from(["slic", "'a,b'"])), min_size=1))
def test_what_is_joined_with_commas_is_split_again(values):
    written = [str(value) for value in values]
    assert split_values(",".join(written)) == written


def test_settings_keep_their_order_around_the_varied_one():
    assert spread(["presegment.method=slic", "presegment.n_segments=10,20", "seed=1"]) == (
        "presegment.n_segments",
        [
            ("10", ("presegment.method=slic", "presegment.n_segments=10", "seed=1")),
            ("20", ("presegment.method=slic", "presegment.n_segments=20", "seed=1")),
        ],
    )


def test_nothing_varied_is_one_choice():
    settings = ("input.bands=[3,2,1]", 'prior.file="a,b.pt"')
    assert spread(settings) == ("", [("", settings)])
    assert spread([]) == ("", [("", ())])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (["tiles.size=64,128", "seed=1,2"], "several values to tiles.size and seed; one setting can be varied"),
        (["seed=1,2", "seed=3,4"], "one setting can be varied"),
        (["seed=1,,2"], "--set seed=1,,2: a value is missing"),
        (["seed=1,"], "a value is missing"),
        (["seed=" + ",".join(map(str, range(17)))], "17 values; try at most 16"),
        (["seed"], r"write it as section\.key=value"),
    ],
)
def test_what_cannot_be_spread_is_refused(settings, reason):
    with pytest.raises(ConfigError, match=reason):
        spread(settings)


@pytest.fixture
def call(monkeypatch, tmp_path, quick):
    """Give a function that runs `aerialseg try` in a folder of its own, with little work; it returns the exit code."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["aerialseg", "try", *(f"--set={setting}" for setting in quick), *words])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code

    return run


def test_a_sheet_is_made_and_named(call, capsys, scene_file, tmp_path):
    assert call(str(scene_file), "--window=10,20,96,64", "--set=presegment.scale=20,200") == 0
    captured = capsys.readouterr()
    assert captured.out == "out/village/try.png\n"
    lines = captured.err.splitlines()
    assert lines[0].endswith("1 of 2, presegment.scale = 20")
    assert lines[1].endswith("2 of 2, presegment.scale = 200")
    assert lines[2].split() == ["segments", "classes", "seconds"]
    fine, coarse = (line.split() for line in lines[3:])
    assert fine[:3] == ["presegment.scale", "=", "20"]
    assert int(fine[3]) > int(coarse[3]) > 0
    assert [path.name for path in (tmp_path / "out/village").iterdir()] == ["try.png"]
    with Image.open("out/village/try.png") as sheet:
        assert sheet.format == "PNG"


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("presegment.scale=32,-1", r"presegment.scale = -1: .*greater than 0 \(got -1\)"),
        ("input.bands=[1,2,3],[1,2,9]", r"input.bands = \[1,2,9\]: .*has 3 bands"),
        ("tiles.halo=128,1", "tiles.halo = 1: .*receptive radius"),
        ("train.steps=2,many", "train.steps = many: .*'many'"),
        ("train.learning_rate=0.1,1e30", "train.learning_rate = 1e30: .*: the loss is"),
    ],
)
def test_a_value_that_fails_is_named_and_nothing_is_left(call, capsys, scene_file, tmp_path, *, setting, sentence):
    words = (str(scene_file), "--window=0,0,64,64", "--set=train.min_labels=1")
    assert call(*words, f"--set={setting}") == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (error,) = [line for line in captured.err.splitlines() if line.startswith("error: ")]
    assert re.search(sentence, error), error
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_of_scenes_is_refused(call, capsys, tmp_path):
    for name in ("a.tif", "b.tif"):
        (tmp_path / name).write_bytes(b"")
    assert call(".", "--set=seed=1,2") == 2
    assert ".: is 2 scenes" in capsys.readouterr().err
