"""From the options of a command line to a configuration and what goes with it."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.box import Box
from pipeline.cli.options import Request, read_request, run_options
from pipeline.errors import ConfigError
from pipeline.run.options import Options


def request(*words: str) -> Request:
    """Parse words as a command with all run options does."""
    made = []

    @click.command()
    @run_options
    def command(**arguments):
        made.append(read_request(arguments))

    result = CliRunner().invoke(command, words, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return made[0]


def test_without_options_all_is_default():
    assert request().options == Options(out=Path("out"), work=None, keep_work=False, window=None, bounds=None)
    assert request().config.model_dump() == type(request().config)().model_dump()


def test_folders_are_options_not_settings():
    made = request("--out", "results", "--work", "fast/disk", "--keep-work")
    assert made.options == Options(out=Path("results"), work=Path("fast/disk"), keep_work=True)
    assert made.config == request().config


def test_a_file_and_settings_make_the_configuration(tmp_path):
    file = tmp_path / "some.toml"
    file.write_text("seed = 3\n[tiles]\nsize = 256\nhalo = 32\n")
    config = request("--config", str(file), "--set", "tiles.size=512", "--set", "input.nodata=0").config
    assert (config.seed, config.tiles.size, config.tiles.halo, config.input.nodata) == (3, 512, 32, 0)


def test_mistakes_are_told_all_at_once():
    with pytest.raises(ConfigError) as caught:
        request("--set", "tiles.size=1", "--set", "train.stepz=4", "--gpus", "0,x")
    for part in ("tiles.size", "got 1", "train.stepz", "cluster.gpus", "0,x"):
        assert part in str(caught.value)


@pytest.mark.parametrize("setting", ["tiles.size", "=5", ""])
def test_a_setting_without_a_value_is_refused(setting):
    with pytest.raises(ConfigError, match=r"write it as section\.key=value"):
        request("--set", setting)


def test_a_window_is_columns_first():
    assert request("--window", "5,7,100,50").options.window == Box(7, 5, 57, 105)
    assert request("--window", " 0, 0, 1, 1").options.window == Box(0, 0, 1, 1)
    assert request("--window", "-5,-7,100,50").options.window == Box(-7, -5, 43, 95)


@pytest.mark.parametrize("window", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,0,0,5", "0,0,5,-1", "0.5,0,1,1"])
def test_what_is_no_window_is_refused(window):
    with pytest.raises(ConfigError, match="COL,ROW,WIDTH,HEIGHT") as caught:
        request("--window", window)
    assert f"--window {window}:" in str(caught.value)


def test_a_bounding_box_may_lie_anywhere():
    assert request("--bbox", "-97.8,30.1,-97.7,30.2").options.bounds == (-97.8, 30.1, -97.7, 30.2)
    assert request("--bbox", "-5e5,-4e6,1,2").options.bounds == (-5e5, -4e6, 1, 2)


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ("1,2,3", "LEFT,BOTTOM,RIGHT,TOP"),
        ("1,2,3,x", "LEFT,BOTTOM,RIGHT,TOP"),
        ("3,0,1,1", "left must be below right"),
        ("0,1,1,1", "bottom below top"),
        ("0,0,nan,1", "left must be below right"),
    ],
)
def test_what_is_no_bounding_box_is_refused(box, reason):
    with pytest.raises(ConfigError, match=reason) as caught:
        request("--bbox", box)
    assert f"--bbox {box}:" in str(caught.value)


def test_a_window_and_a_bounding_box_exclude_each_other():
    with pytest.raises(ConfigError, match="--window and --bbox exclude each other"):
        request("--window", "0,0,1,1", "--bbox", "0,0,1,1")


def test_gpus_are_numbers_with_commas():
    assert request("--gpus", "0,3").config.cluster.gpus == (0, 3)
    assert request("--gpus", "2").config.cluster.gpus == (2,)
    for wrong in ("", "0,0", "-1"):
        with pytest.raises(ConfigError, match=r"gpus"):
            request("--gpus", wrong)


@pytest.mark.parametrize("name", ["prior.pt", "7", "true", "1e5", "a=b.pt", "unset", "[x]", 'quo"te.pt', "Ärger 😀.pt"])
def test_a_prior_may_have_any_name(name):
    assert request("--prior", name).config.prior.file == Path(name)


def test_a_scheduler_is_an_address():
    config = request("--scheduler", "tcp://10.0.0.1:8786").config
    assert config.cluster.scheduler == "tcp://10.0.0.1:8786"
    with pytest.raises(ConfigError, match="exclude each other"):
        request("--scheduler", "tcp://10.0.0.1:8786", "--set", "cluster.slurm.jobs=2")


def test_an_option_counts_above_a_setting():
    assert request("--prior", "a.pt", "--set", "prior.file=b.pt").config.prior.file == Path("a.pt")
    assert request("--gpus", "1", "--set", "cluster.gpus=[2]").config.cluster.gpus == (1,)


def test_outputs_are_names_with_commas():
    assert request("--outputs", "classes, vector").config.output.products == ("classes", "vector")
    assert request("--outputs", "classes", "--set", 'output.products=["vector"]').config.output.products == ("classes",)


def test_an_animation_comes_on_top():
    usual = request().config.output.products
    assert request("--animate").config.output.products == (*usual, "animation")
    assert request("--animate", "--outputs", "objects").config.output.products == ("objects", "animation")


def test_consent_to_the_network_is_a_setting():
    assert not request().config.input.allow_remote
    assert request("--allow-remote").config.input.allow_remote
