"""What a result follows from: benchmarks.sensitivity."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from benchmarks import sensitivity
from benchmarks.steadiness import changes, race
from benchmarks.steadiness.changes import DEFAULT, SEED
from benchmarks.steadiness.report import changes_in_words, changes_table, race_in_words, race_table
from benchmarks.steadiness.store import Store
from pipeline.config import FelzenszwalbConfig
from pipeline.config.load import load_config
from pipeline.presegment import presegment
from pipeline.synthetic import make_scene

PUBLISHED = Path(__file__).parents[2] / "configs/alternating.toml"


@pytest.fixture(scope="module")
def village():
    image = make_scene((300, 320), seed=1).image.astype(np.float32) / np.float32(255)
    return image, np.ones(image.shape[1:], dtype=np.bool_)


@pytest.mark.parametrize("method", ["slic", "watershed"])
def test_counts_are_made_equal(village, method):
    wanted = int(presegment(*village, FelzenszwalbConfig(scale=16, min_size=16)).max())
    assert wanted > 30
    found = race.with_count(village, method, wanted)
    assert abs(int(found.max()) - wanted) <= 0.03 * wanted


def test_steps_are_counted_to_the_labels(village, monkeypatch):
    published = load_config(PUBLISHED, ["network.wide=12", "network.narrow=12"])
    image = village[0][:, :64, :64]
    segments = presegment(image, village[1][:64, :64], FelzenszwalbConfig(scale=4, min_size=4))
    steps = race.steps_to_labels(image, segments, published, 0)
    assert 1 < steps < race.MOST_STEPS
    monkeypatch.setattr(race, "MOST_STEPS", steps - 1)
    assert race.steps_to_labels(image, segments, published, 0) is None


def test_what_is_there_is_not_run_again(tmp_path):
    made = []

    def make():
        made.append(1)
        return {"ari": 0.5}

    store = Store.of(tmp_path, {"a": 1})
    for _ in range(2):
        store.once(Path("x/one.png"), "run", make)
    assert len(made) == 1
    store.once(Path("y/one.png"), "run", make)
    assert [row["ari"] for row in store.all()] == [0.5, 0.5]
    assert Store.of(tmp_path, {"a": 2}).all() == []


def test_every_change_is_held_against_the_default(tmp_path, monkeypatch):
    maps = {(): np.repeat([[1, 2]], 8, axis=0), ("seed=1",): np.repeat([[2, 1]], 8, axis=0)}
    other = np.ones((8, 2), dtype=np.uint16)
    monkeypatch.setattr(changes, "_classes", lambda _store, _image, name: maps.get(changes.changes()[name], other))
    store = Store.of(tmp_path, {})
    changes.run_changes(store, Path("one.png"))
    found = {row["change"]: row["ari"] for row in store.all()}
    assert list(changes.changes()) == [DEFAULT, *[name for name in changes.changes() if name != DEFAULT]]
    assert set(found) == set(changes.changes())
    assert (found[DEFAULT], found[SEED], found["sigma 1"]) == (1, 1, 0)


def test_a_change_is_a_run_of_the_product(tmp_path, scene_file, quick, monkeypatch):
    monkeypatch.setattr(changes, "_HERE", tuple(quick))
    monkeypatch.setattr(changes, "changes", lambda: {DEFAULT: (), SEED: ("seed=1",)})
    store = Store.of(tmp_path, {})
    changes.run_changes(store, scene_file)
    found = {row["change"]: row["ari"] for row in store.all()}
    assert found[DEFAULT] == 1
    assert 0 < found[SEED] < 1


def test_changes_are_changes():
    """None of the settings is the default's."""
    default = load_config(None)
    for name, settings in changes.changes().items():
        assert (load_config(None, settings) == default) == (name == DEFAULT)


def test_changes_in_words():
    rows = [
        {"image": image, "change": name, "ari": value, "labels": 8}
        for image in ("a", "b")
        for name, value in ((DEFAULT, 1.0), (SEED, 0.6), ("scale x 2", 0.5), ("sigma 1", 0.9))
    ]
    text = changes_in_words(rows)
    assert "scale x 2 changes the map most (mean ARI 0.500) and sigma 1 least (0.900)" in text
    assert "more than chance are scale x 2." in text
    assert "| scale x 2 | 0.500 | 0.500 | 0.500 |" in changes_table(rows)


def test_the_claim_is_held_against_pairs():
    steps = {"felzenszwalb": [10, 20, None], "slic": [30, 15, 200], "watershed": [50, 60, 70]}
    rows = [
        {"image": "a", "seed": seed, "method": method, "segments": 102 if method == "slic" else 100, "steps": one}
        for method, many in steps.items()
        for seed, one in enumerate(many)
    ]
    text = race_in_words(rows)
    assert "Against slic the published claim that felzenszwalb needs fewer steps does not hold: fewer in 1 of 3" in text
    assert "Against watershed the published claim that felzenszwalb needs fewer steps holds: fewer in 2 of 3" in text
    assert "at most 2.0%" in text
    assert "| felzenszwalb | 100 | 20 | 10 | over 256 | 2 of 3 |" in race_table(rows)


def test_the_command_runs_and_resumes(tmp_path, monkeypatch, capsys):
    crop = tmp_path / "crop.tif"
    with rasterio.open(crop, "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8") as file:
        file.write(make_scene((64, 64), seed=1).image)
    monkeypatch.setattr(race, "MOST_STEPS", 2)
    monkeypatch.setattr(race, "LABELS", 1)
    words = ["--crops", str(crop), "--seeds", "0", "--cache", str(tmp_path / "cache"), "--out", str(tmp_path / "s.md")]
    assert sensitivity.main(words) == 0
    assert capsys.readouterr().out.count("crop ") == len(race.METHODS)
    report = (tmp_path / "s.md").read_text()
    assert "over 256" in report
    assert "## One setting changed" not in report
    assert sensitivity.main(words) == 0
    assert "crop " not in capsys.readouterr().out
    assert (tmp_path / "s.md").read_text() == report
