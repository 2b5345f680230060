from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.config.load import load_config
from pipeline.config.show import show_config

# What a UTF-8 file can hold; a lone surrogate is not among it.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
POSITIVE = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@st.composite
def some_of(draw, **settings_of_section):
    """Draw a section in which any of these settings stand."""
    return {name: draw(values) for name, values in settings_of_section.items() if draw(st.booleans())}


def whole(least, most=2**63 - 1):
    return st.integers(least, most)


PRESEGMENT = st.one_of(
    some_of(scale=POSITIVE, sigma=POSITIVE, min_size=whole(1)).map(
        lambda section: section | {"method": "felzenszwalb"}
    ),
    some_of(n_segments=POSITIVE, compactness=st.floats(1e-3, 1e6), iterations=whole(1, 1000)).map(
        lambda section: section | {"method": "slic"}
    ),
    some_of(n_segments=POSITIVE, compactness=st.floats(0, 1e6)).map(lambda section: section | {"method": "watershed"}),
)
NETWORK = st.one_of(
    some_of(depth=whole(1, 32), wide=whole(2, 1024), narrow=whole(2, 1024)).map(
        lambda section: section | {"kind": "alternating"}
    ),
    some_of(layers=whole(1, 32)).map(lambda section: section | {"kind": "kanezaki2018"}),
)
SLURM = some_of(jobs=whole(1), queue=WORDS, directives=st.lists(WORDS, max_size=3))
CONFIGS = some_of(
    seed=whole(0, 2**63 - 1),
    prior=some_of(file=WORDS.map(Path)),
    input=some_of(
        bands=st.lists(whole(1), min_size=1, max_size=4),
        nodata=st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(["none", "nan", float("nan")]),
        percentiles=st.tuples(st.floats(0, 49), st.floats(50, 100)),
    ),
    tiles=st.just({"size": 500, "halo": 0, "offset": (3, 499)}),
    presegment=PRESEGMENT,
    network=NETWORK,
    train=some_of(
        scope=st.sampled_from(["shared", "independent"]),
        optimizer=st.sampled_from(["sgd", "rmsprop"]),
        learning_rate=POSITIVE,
        keep_labels=st.booleans(),
        churn=st.floats(0, 1, exclude_max=True),
    ),
    cluster=some_of(workers=whole(0), gpus=st.lists(whole(0), min_size=1, unique=True), slurm=SLURM),
    output=some_of(compression=st.sampled_from(["deflate", "zstd"])),
).map(Config.model_validate)


@settings(deadline=None)
@given(config=CONFIGS)
@example(config=Config(prior={"file": Path('a\\b "ü😀\x7f\x00\n')}))
def test_what_is_shown_is_read_back(tmp_path_factory, config):
    path = tmp_path_factory.mktemp("shown") / "shown.toml"
    path.write_text(show_config(config), encoding="utf-8")
    assert load_config(path) == config


def test_every_setting_stands_under_its_meaning():
    lines = show_config(Config()).splitlines()
    for number, line in enumerate(lines):
        if (" = " in line and not line.startswith("# ")) or line.endswith("(unset)"):
            assert lines[number - 1].startswith("# ")
    assert "# Number that all chance follows from." in lines
    assert "seed = 0" in lines
    assert "# bands = (unset)" in lines
    assert "[cluster]" in lines
    assert 'method = "felzenszwalb"' in lines


def test_a_changed_setting_names_its_default():
    text = show_config(Config(tiles={"size": 512}, cluster={"gpus": [1]}))
    assert "Default: 1280." in text
    assert "Default: (unset)." in text
    assert "Default" not in show_config(Config())
