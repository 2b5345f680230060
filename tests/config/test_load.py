import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import Config, Kanezaki2018Config, SlicConfig, WatershedConfig
from pipeline.config.load import load_config, split_override
from pipeline.errors import ConfigError


@pytest.fixture
def file(tmp_path):
    """Give a function that writes a configuration file."""

    def write(text):
        path = tmp_path / "settings.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(path, *overrides):
    """Return the sentence with which a configuration is refused."""
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_without_a_file_all_is_default():
    assert load_config(None) == Config()


def test_a_file_sets_what_it_names(file):
    config = load_config(file('[tiles]\nsize = 512\n[input]\nbands = [4, 1]\nnodata = "none"\n'))
    assert config == Config(tiles={"size": 512}, input={"bands": (4, 1), "nodata": "none"})


def test_overrides_are_toml_values_and_the_last_one_counts(file):
    path = file("[tiles]\nsize = 512\n")
    config = load_config(
        path,
        [
            "tiles.size=100",
            "tiles.size = 128",
            "tiles.halo=0x10",
            "input.bands=[3, 2, 1]",
            "input.percentiles=[0, 99.5]",
            "train.keep_labels=false",
            "train.learning_rate=5e-2",
            "seed=1_000",
        ],
    )
    assert (config.tiles.size, config.tiles.halo) == (128, 16)
    assert config.input.bands == (3, 2, 1)
    assert config.input.percentiles == (0, 99.5)
    assert config.train.keep_labels is False
    assert config.train.learning_rate == 0.05
    assert config.seed == 1000


@pytest.mark.parametrize("word", ["zstd", '"zstd"', "'zstd'", " zstd "])
def test_a_bare_word_is_a_string(word):
    assert load_config(None, [f"output.compression={word}"]).output.compression == "zstd"


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:8786", "a=b=c", "[broken", "# nothing"])
def test_what_is_no_toml_value_is_a_string(address):
    assert load_config(None, [f"cluster.scheduler={address}"]).cluster.scheduler == address


def test_an_override_sets_one_setting_only():
    text = 'x"\nseed = 7\nprior.file = "y'
    assert load_config(None, [f'cluster.scheduler="{text}"']) == Config(cluster={"scheduler": f'"{text}"'})


@pytest.mark.parametrize("nodata", ["nan", '"nan"', "-nan"])
def test_nan_is_written_with_or_without_quotes(file, nodata):
    assert load_config(None, [f"input.nodata={nodata}"]).input.nodata == "nan"
    assert load_config(file(f"[input]\nnodata = {nodata}\n")).input.nodata == "nan"


def test_unset_gives_the_default_back(file):
    path = file("seed = 3\n[input]\nbands = [1]\nnodata = 0\n[tiles]\nsize = 990\n")
    assert load_config(path, ["input.bands=unset", "seed=unset"]) == Config(input={"nodata": 0}, tiles={"size": 990})
    assert load_config(path, ["input=unset", "tiles=unset"]) == Config(seed=3)


@pytest.mark.parametrize(
    "key", ["cluster.slurm.jobs", "cluster.slurm", "cluster", "presegment.method", "network.depth"]
)
def test_unset_of_what_is_not_set_changes_nothing(key):
    assert load_config(None, [f"{key}=unset"]) == Config()


def test_nested_keys(file):
    config = load_config(file("[cluster.slurm]\njobs = 2\n"), ["cluster.slurm.memory=16GB", "cluster.workers=3"])
    assert config.cluster.slurm.jobs == 2
    assert config.cluster.slurm.memory == "16GB"
    assert config.cluster.workers == 3
    assert load_config(None, ["cluster.slurm.cores=4"]).cluster.slurm.cores == 4


@pytest.mark.parametrize("method", ["slic", '"slic"'])
def test_another_method_drops_the_settings_of_the_first(file, method):
    path = file('[presegment]\nmethod = "felzenszwalb"\nscale = 10\nsigma = 2\n')
    config = load_config(path, [f"presegment.method={method}", "presegment.compactness=3"])
    assert config.presegment == SlicConfig(compactness=3)
    untold = file("[presegment]\nscale = 10\n")
    assert load_config(untold, [f"presegment.method={method}"]).presegment == SlicConfig()
    assert load_config(None, ["network.depth=3", "network.kind=kanezaki2018"]).network == Kanezaki2018Config()


@pytest.mark.parametrize("method", ["slic", '"slic"'])
def test_the_same_method_keeps_its_settings(file, method):
    path = file('[presegment]\nmethod = "slic"\nn_segments = 500\n')
    assert load_config(path, [f"presegment.method={method}"]).presegment == SlicConfig(n_segments=500)
    assert load_config(path, ["presegment.method=watershed"]).presegment == WatershedConfig()
    assert load_config(None, ["presegment.scale=5", "presegment.method=felzenszwalb"]).presegment.scale == 5


def test_all_mistakes_are_told_at_once(file):
    path = file(
        """
        colour = 1
        seed = -1
        [input]
        bands = [0, 2]
        [tiles]
        size = 5
        overlap = 3
        [presegment]
        method = "slic"
        scale = 64
        compactness = "loose"
        [network]
        kind = "alternating"
        alternating = 3
        [train]
        steps = 1.5
        learning_rate = nan
        optimizer = "adam"
        """
    )
    text = refusal(path, "train.momentum=1", "output.compression=jpeg")
    assert text.startswith(f"{path}: ")
    mistakes = dict(part.split(": ", 1) for part in text.removeprefix(f"{path}: ").split("; "))
    got = {key: value[value.rindex("(got ") :] for key, value in mistakes.items()}
    assert got == {
        "colour": "(got 1)",
        "seed": "(got -1)",
        "input.bands.0": "(got 0)",
        "tiles.size": "(got 5)",
        "tiles.overlap": "(got 3)",
        "presegment.scale": "(got 64)",
        "presegment.compactness": "(got 'loose')",
        "network.alternating": "(got 3)",
        "train.steps": "(got 1.5)",
        "train.learning_rate": "(got nan)",
        "train.optimizer": "(got 'adam')",
        "train.momentum": "(got 1)",
        "output.compression": "(got 'jpeg')",
    }


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("train.learning_rate=nan", "train.learning_rate: Input should be a finite number (got nan)"),
        ("train.learning_rate=inf", "train.learning_rate: Input should be a finite number (got inf)"),
        ("seed=9223372036854775808", "seed: Input should be less than 9223372036854775808"),
        ("input.nodata=-inf", "input.nodata: Input should be a finite number (got -inf)"),
        ("input.nodata=black", "input.nodata: Input should be 'none' or 'nan' (got 'black')"),
        ("presegment.sigma=-0.1", "presegment.sigma: Input should be greater than or equal to 0 (got -0.1)"),
        ("train.steps=0", "train.steps: Input should be greater than 0 (got 0)"),
        ("tiles.size=large", "tiles.size: Input should be a valid integer"),
        ("tiles.size=", "tiles.size: Input should be a valid integer"),
        ("tiles=3", "tiles: Input should be a valid dictionary"),
        ("tiles.sise=512", "tiles.sise: there is no such setting, did you mean tiles.size? `aerialseg config` lists"),
        ("a.b.c=1", "a: there is no such setting; `aerialseg config` lists all"),
        ("input.bands=1", "input.bands: write a list, such as [1] (got 1)"),
        ("output.classes=1", "output.classes: one class says nothing; give 2 or more, or 0 for all (got 1)"),
        ("presegment.method=snic", "presegment: Input tag 'snic'"),
        ("network=3", "network: "),
        ("input.percentiles=[5, 5]", "percentiles must rise within 0 to 100, got 5.0 and 5.0"),
        ("input.percentiles=[5]", "input.percentiles"),
        ("input.bands=[]", "input.bands"),
        ("cluster.gpus=[1, 1]", "gpus names a device twice: [1, 1]"),
        ("cluster.slurm.jobs=0", "cluster.slurm.jobs: Input should be greater than 0 (got 0)"),
        ("cluster.slurm.directives=[1]", "cluster.slurm.directives.0: Input should be a valid string (got 1)"),
        ("train.patch=0", "patch = 0 (the whole tile) needs scope = 'independent'"),
        ("prior=[1]", "prior: "),
        ("prior=x.pt", 'prior: is a section; the file of a trained network is prior.file = "x.pt"'),
        ("prior.over=run", "prior.over: Input should be 'scene' or 'dataset' (got 'run')"),
    ],
)
def test_a_mistake_is_one_line_with_path_and_value(override, told):
    text = refusal(None, override)
    assert text.startswith("the configuration: ")
    assert told in text


def test_the_halo_must_be_smaller_than_the_tile():
    assert "halo must be smaller than size, got halo 128 with size 128" in refusal(None, "tiles.size=128")
    assert load_config(None, ["tiles.size=129"]).tiles.halo == 128


def test_the_offset_must_be_below_the_size():
    assert "offset must be below size, got offset [0, 512] with size 512" in refusal(
        None, "tiles.size=512", "tiles.offset=[0,512]"
    )
    assert load_config(None, ["tiles.size=512", "tiles.offset=[511,0]"]).tiles.offset == (511, 0)


def test_independent_tiles_share_no_prior():
    text = refusal(None, "prior.over=dataset", "train.scope=independent")
    assert 'set train.scope to "shared" or "adapt"' in text
    assert load_config(None, ["prior.over=dataset"]).prior.over == "dataset"


def test_two_schedulers_are_one_too_many():
    assert "exclude each other" in refusal(None, "cluster.scheduler=tcp://a:1", "cluster.slurm.jobs=1")


def test_a_setting_is_no_section(file):
    assert "seed is a setting, not a section" in refusal(file("seed = 1"), "seed.x=1")


@pytest.mark.parametrize("text", ["tiles.size", "=1", "", " = 3", "tiles.=3", ".size=3", "tiles..size=3"])
def test_an_override_without_key_or_value_is_refused(text):
    with pytest.raises(ConfigError, match=r"write it as section\.key=value"):
        split_override(text)


def test_a_missing_file_is_refused(tmp_path):
    assert refusal(tmp_path / "no.toml") == (
        f"{tmp_path / 'no.toml'}: cannot be read as a configuration (No such file or directory)"
    )
    assert "cannot be read as a configuration" in refusal(tmp_path)


@pytest.mark.parametrize(
    "content", [b"tiles = {", b"[tiles]\nsize: 3\n", b"\xff\xfe", b"a = 1\na = 2\n", b"II*\x00\x08"]
)
def test_bad_toml_is_refused(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    assert refusal(path).startswith(f"{path}: is not valid TOML: ")


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_override_ends_in_anything_but_a_config_error(key, value):
    with suppress(ConfigError):
        load_config(None, [f"tiles.{key}={value}"])


@given(st.recursive(st.integers() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4))
def test_no_value_ends_in_anything_but_a_config_error(value):
    text = f"[tiles]\nsize = {_toml(value)}\n"
    assert tomllib.loads(text)
    for key in ("tiles.size", "input.nodata", "input.bands", "presegment", "cluster.slurm", "prior", "prior.file"):
        with suppress(ConfigError):
            load_config(None, [f"{key}={_toml(value)}"])


def _toml(value):
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value if not 0xD800 <= ord(letter) < 0xE000) + '"'
    return repr(value)
