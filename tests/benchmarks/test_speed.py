import json
from dataclasses import replace

import numpy as np
import pytest
import rasterio

from benchmarks.speed.arithmetic import by_size, by_steps, marginal, unevenness
from benchmarks.speed.bars import bars
from benchmarks.speed.case import Case, Result
from benchmarks.speed.catalogue import Choice, cases, sizes
from benchmarks.speed.command import CommandError
from benchmarks.speed.figures import Figures, Load
from benchmarks.speed.found import Found
from benchmarks.speed.network_cost import network_cost
from benchmarks.speed.ours import digest
from benchmarks.speed.race import run_cases
from benchmarks.speed.report import write_report
from benchmarks.speed.scene import Scene
from benchmarks.speed.store import Store
from benchmarks.speed.tables import rivals_lines, sizes_lines
from pipeline.config import AlternatingConfig, Config

TOLD = {
    "seconds": {"prior": 6.0, "tiles": 20.0, "write": 2.0, "report": 1.0},
    "prior": {"sample": 1.0, "train": 4.0},
    "tiles": {"read": 2.0, "presegment": 20.0, "label": 10.0, "vote": 5.0, "save": 3.0},
    "count": 25,
    "workers": 2,
    "gpus": 0,
}
FLOOR = {
    "tiles": {"read": 2.0, "presegment": 20.0, "build": 0.1, "context": 5.0, "network": 10.0},
    "seconds": {"tiles": 19.0, "encode": 1.0},
    "read_pixels": 40_000_000,
    "processes": 2,
}


def result(name, wall, details=None, *, cpu=60.0, memory=2.0):
    runs = tuple(Figures(wall + shift, cpu, memory, 1.0) for shift in (1.0, 0.0, -0.5))
    return Result(name, 1000.0, 1600.0, runs, (Load(0.5, 0.1),) * 3, (details or {},) * 3, {"revision": "abc"})


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "scene.tif"
    pixels = np.random.default_rng(0).integers(0, 256, (3, 60, 70), dtype=np.uint8)
    with rasterio.open(path, "w", driver="GTiff", height=60, width=70, count=3, dtype="uint8") as to:
        to.write(pixels)
    return Scene.of(path)


@pytest.fixture
def known():
    return cases(Scene("towns.tif", (6000, 7000)), Choice(revision="abc"))


@pytest.fixture
def found(known):
    walls = {"ours-all-1": 12.0, "ours-all-4": 16.0, "ours-all-25": 40.0, "ours-all-400": 415.0}
    results = {name: result(name, wall, TOLD, cpu=1.5 * wall) for name, wall in walls.items()}
    results["floor-halo-25"] = result("floor-halo-25", 25.0, FLOOR)
    results["rival-otb"] = result("rival-otb", 280.0)
    results["ours-classes-25"] = result("ours-classes-25", 35.0, TOLD)
    results["published-tiles"] = result("published-tiles", 60.0, {"wall": 1200.0})
    for count, seconds in ((1, 38.0), (2, 20.0)):
        told = {**TOLD, "seconds": {"tiles": seconds}}
        results[f"ours-workers{count}-25"] = result("", 50.0, told)
    results["cores"] = result("cores", 10.0, {"products": 1.95, "copies": 1.4})
    return Found({**known, "rival-otb": replace(known["rival-otb"], megapixels=25.0)}, results)


def test_times_of_more_steps_lie_on_a_line():
    assert by_steps((1, 12.0), (4, 27.0), 64) == pytest.approx(12 + 63 * 5)
    assert by_steps((1, 12.0), (4, 27.0), 4) == pytest.approx(27)
    with pytest.raises(ValueError, match="one does not"):
        by_steps((2, 1.0), (2, 1.0), 3)
    assert by_size(10, 5, 25) == 50


def test_the_cost_at_the_margin_leaves_out_what_is_fixed():
    assert marginal((4, 14), (25, 35)) == pytest.approx(1)
    assert unevenness((4, 14), (25, 35), (400, 410)) == pytest.approx(0)
    assert unevenness((4, 14), (25, 35), (400, 485)) == pytest.approx(0.2)
    with pytest.raises(ValueError, match="must rise"):
        unevenness((4, 14), (25, 35), (25, 410))


def test_bars_follow_from_medians(found):
    told = {bar.title: bar for bar in bars(found)}
    assert told["25 Mpx, wall"].value == "40.0 s"
    assert told["25 Mpx, wall"].met
    assert told["faster than OTB LargeScaleMeanShift"].value == "7.0 times"
    published = told["faster per pixel than the published loop by tiles"]
    assert (published.value, published.met) == ("187.5 times (theirs extrapolated)", True)
    assert told["25 Mpx, wall over the floor's"].value == "1.60 times"
    assert told["25 Mpx, wall over the floor's"].met is False
    alone = [bar.value for bar in bars(found) if bar.title.startswith("the same, the class rasters alone")]
    assert alone == ["8.0 times", "1.40 times"]
    assert told["two workers against one, tiles with a network that is there"].value == (
        "1.90 times (products of matrices 1.95, copies of memory 1.40)"
    )
    assert told["a megapixel more, 25 to 400 Mpx against 4 to 25"].value.startswith("-12.5% (CPU seconds: ")
    assert told["a megapixel more, 25 to 400 Mpx against 4 to 25"].met is False


def test_what_was_not_measured_is_open(known):
    told = bars(Found(known, {}))
    assert {bar.met for bar in told} == {None}
    assert {bar.value for bar in told} == {"not measured"}


def test_a_rival_that_is_not_installed_is_named(known, found):
    lacking = replace(known["rival-pyshepseg"], lacks="pyshepseg is not installed")
    lines = rivals_lines(Found({**found.cases, "rival-pyshepseg": lacking}, found.results))
    assert any("pyshepseg is not installed" in line for line in lines)
    (tiles,) = (line for line in lines if "tile by tile" in line)
    assert "60.0 (4 Mpx, a few steps)" in tiles
    assert "7,500, extrapolated" in tiles


def test_sizes_tell_what_a_megapixel_more_takes(found):
    lines = sizes_lines(found)
    assert len(lines) == 2 + 5
    assert "| 1.14 |" in next(line for line in lines if "25 Mpx" in line)


def test_the_page_has_all_sections_and_no_path(scene, tmp_path, known, found):
    store = Store(tmp_path / "cache")
    store.save_machine({"cores": "2", "processor": "a", "memory": "8 GB", "system": "Linux 6", "versions": "Python 3"})
    for name, one in found.results.items():
        store.save(known[name], one)
    write_report(tmp_path / "page.md", store, known, scene)
    text = (tmp_path / "page.md").read_text()
    for title in ("## Bars", "## Beside others", "## Sizes", "## Profile", "## The floor", "## GPU"):
        assert title in text
    # 41 s of a run whose phases took 29: the rest is the start.
    assert "| start: imports, opening, planning, the end | 11.00 |" in text
    assert "| prior: workers' start, radiometry, hand-over | 1.00 |" in text
    assert "| presegment | 20.0 | 0.800 | 50.0% |" in text
    assert "pre-segments a megapixel, its decoding included, in 0.55 s" in text
    assert "within 10 minutes" in text
    assert str(tmp_path) not in text


def test_the_page_is_written_from_nothing(scene, tmp_path, known):
    write_report(tmp_path / "page.md", Store(tmp_path / "cache"), known, scene)
    assert "not measured" in (tmp_path / "page.md").read_text()


def test_results_are_kept_until_what_they_follow_from_changes(scene, tmp_path):
    calls, said = [], []

    def run(_bench):
        calls.append(1)
        return Figures(1.0, 2.0, 0.5), {"told": len(calls)}

    store, case = Store.of(tmp_path, scene), Case("ours", "ours", 1.0, run, {"revision": "a"}, runs=2)
    assert run_cases([case], store, None, said.append) == 0
    assert run_cases([case], store, None, said.append) == 0
    assert len(calls) == 2
    assert store.load(case).middle == {"told": 2}
    changed = replace(case, identity={"revision": "b"})
    assert store.load(changed) is None
    assert store.latest(changed).identity == {"revision": "a"}


def test_cases_take_turns_and_go_on_where_they_were_broken_off(scene, tmp_path):
    order, store = [], Store.of(tmp_path, scene)

    def case(name, runs, most=9):
        def run(_bench):
            if order.count(name) == most:
                raise CommandError(name)
            order.append(name)
            return Figures(1.0, 2.0, 0.5), {}

        return Case(name, name, 1.0, run, {}, runs=runs)

    assert run_cases([case("a", 2), case("bad", 3, most=1), case("b", 3)], store, None, lambda _: None) == 1
    assert order == ["a", "bad", "b", "a", "b", "b"]
    assert run_cases([case("a", 2), case("bad", 3), case("b", 3)], store, None, lambda _: None) == 0
    assert order[6:] == ["bad", "bad"]
    assert run_cases([case("a", 3), case("b", 3)], store, None, lambda _: None, fresh=True) == 0
    assert order[8:] == ["a", "b"] * 3
    assert [len(store.load(case(name, 3)).runs) for name in ("a", "bad", "b")] == [3, 3, 3]


def test_windows_and_cuts_have_the_pixels_of_the_scene(scene, tmp_path):
    assert scene.window(0.0042) == (60, 70)
    assert scene.window(0.0016) == (40, 40)
    assert scene.window(1) is None
    with rasterio.open(scene.cut(0.0016, tmp_path)) as cut, rasterio.open(scene.path) as whole:
        assert np.array_equal(cut.read(), whole.read()[:, :40, :40])
    path, shape = scene.sized(0.04, tmp_path)
    with rasterio.open(path) as repeated:
        assert repeated.shape == shape == (200, 200)


def test_sizes_are_those_the_scene_has():
    assert sizes(Scene("a", (6000, 7000))) == [1, 4, 25, 42]
    assert sizes(Scene("a", (5000, 5000))) == [1, 4, 25]
    assert sizes(Scene("a", (1000, 1000))) == [1]


def test_a_runs_tiles_are_summed_by_stage():
    tiles = [{"seconds": {"read": 1.0, "save": 0.5}}, {"seconds": {"read": 2.0}}]
    told = {"seconds": {"tiles": 3.0}, "prior": {}, "tiles": tiles, "workers": 2, "gpus": []}
    assert digest(json.loads(json.dumps(told)))["tiles"] == {"read": 3.0, "save": 0.5}


def test_operations_are_counted_from_the_layers():
    network = AlternatingConfig(depth=2, wide=8, narrow=4, context=())
    cost = network_cost(Config(network=network))
    classes = Config().train.start_classes
    thinned = getattr(network, "stride", 1) ** 2
    # A 3x3 convolution of 3 bands to 8 channels, and one of 1x1 to the classes.
    assert cost.flops == pytest.approx(2 * (9 * 3 * 8 + 8 * classes) / thinned)
    assert cost.bytes > 4 * 3
