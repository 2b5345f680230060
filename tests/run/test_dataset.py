import json
import os
import re
import signal

import numpy as np
import pytest
import rasterio

from pipeline.config.load import load_config
from pipeline.errors import ConfigError, InputError, OutputError, StoppedError
from pipeline.run import labelling, linking, passage
from pipeline.run.dataset import segment_scenes
from pipeline.run.lock import locked
from pipeline.run.options import Options
from pipeline.run.scenes import Scene, find_scenes


@pytest.fixture
def folder(scene_file, tmp_path):
    """Give a folder of two scenes, one that is damaged behind its first block, and one that is no raster."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    for name in ("a.tif", "d.tif"):
        (folder / name).write_bytes(scene_file.read_bytes())
    noise = np.random.default_rng(0).integers(0, 255, (3, 200, 200), dtype=np.uint8)
    profile = {"driver": "GTiff", "width": 200, "height": 200, "count": 3, "dtype": "uint8", "compress": "deflate"}
    with rasterio.open(folder / "b.tif", "w", tiled=True, blockxsize=64, blockysize=64, **profile) as file:
        file.write(noise)
    data = (folder / "b.tif").read_bytes()
    (folder / "b.tif").write_bytes(data[: len(data) // 2])
    (folder / "c.tif").write_text("not a raster")
    return folder


def test_bad_scenes_do_not_stop_the_good_ones(folder, tmp_path, quick):
    said = []
    outcomes = segment_scenes(
        find_scenes([str(folder)]), load_config(None, quick), Options(out=tmp_path / "out"), said.append
    )
    assert [(outcome.scene.name, outcome.reason is None) for outcome in outcomes] == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("d", True),
    ]
    assert "b.tif" in outcomes[1].reason
    assert "c.tif" in outcomes[2].reason
    table = said[-1].splitlines()
    assert table[-1] == "2 of 4 scenes done, 2 failed"
    assert [re.split(r"\s{2,}", line)[1] for line in table[:-1]] == ["done", "failed", "failed", "done"]
    # Nothing is left of failed scenes: no run could go on from it.
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "d", "summary.json"]
    assert sorted(path.name for path in (tmp_path / "out").glob("*/*.tif")) == [
        "classes.tif",
        "classes.tif",
        "finest.tif",
        "finest.tif",
    ]
    assert (tmp_path / "out/a/classes.tif").read_bytes() != b""


def test_reports_have_an_index_where_there_are_several(folder, tmp_path, quick):
    config, out = load_config(None, [*quick, 'output.products=["classes", "report"]']), tmp_path / "out"
    said = []
    segment_scenes(find_scenes([str(folder)]), config, Options(out=out), said.append)
    assert said[-1] == f"all reports: {out / 'index.html'}"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="(.*?)"', page) == ["a/report.html", "d/report.html"]
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["b", "c"]
    assert (out / "a/report.html").exists()
    (out / "index.html").unlink()
    # A failure of the index is no failure of the scenes.
    (out / "index.html").mkdir()
    outcomes = segment_scenes(find_scenes([str(folder / "[ad].tif")]), config, Options(out=out), said.append)
    assert [outcome.reason for outcome in outcomes] == [None, None]
    assert "index.html: cannot be written" in said[-1]
    segment_scenes([Scene("a", str(folder / "a.tif"))], config, Options(out=tmp_path / "one"), said.append)
    assert not (tmp_path / "one/index.html").exists()


def test_a_lone_scene_that_fails_is_an_error(folder, tmp_path, quick):
    with pytest.raises(InputError, match=r"c\.tif"):
        segment_scenes([Scene("c", str(folder / "c.tif"))], load_config(None, quick), Options(out=tmp_path), print)


def _run(folder, tmp_path, quick, *chosen, **options):
    said = []
    config = load_config(None, [*quick, "presegment.method=watershed", *chosen])
    outcomes = segment_scenes(find_scenes([str(folder)]), config, Options(out=tmp_path / "out", **options), said.append)
    return {outcome.scene.name: outcome.status for outcome in outcomes}, said


def test_the_same_command_does_what_is_not_done(folder, tmp_path, quick):
    assert _run(folder, tmp_path, quick)[0] == {"a": "done", "b": "failed", "c": "failed", "d": "done"}
    stamp = (tmp_path / "out/a/classes.tif").stat().st_mtime_ns
    left = tmp_path / "out/a/.item.23053.be5a8d48.json"
    left.touch()
    # As a run leaves them that is killed between its last output and its end.
    mark = json.loads((tmp_path / "out/a/manifest.json").read_text())["fingerprint"]
    records = tmp_path / f"out/a/.work-{mark[:12]}/tiles"
    records.mkdir(parents=True)
    (folder / "c.tif").write_bytes((folder / "a.tif").read_bytes())
    statuses, said = _run(folder, tmp_path, quick)
    assert statuses == {"a": "done before", "b": "failed", "c": "done", "d": "done before"}
    assert not left.exists()
    assert not records.parent.exists()
    assert (tmp_path / "out/a/classes.tif").stat().st_mtime_ns == stamp
    assert said[-1].splitlines()[-1] == "3 of 4 scenes done, 1 failed"
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["counts"] == {"done before": 2, "failed": 1, "done": 1}
    assert "b.tif" in summary["scenes"][1]["reason"]
    statuses, _ = _run(folder, tmp_path, quick, fresh=True)
    assert statuses == {"a": "done", "b": "failed", "c": "done", "d": "done"}
    assert (tmp_path / "out/a/classes.tif").stat().st_mtime_ns > stamp


def test_too_many_failures_end_the_run(folder, tmp_path, quick):
    statuses, said = _run(folder, tmp_path, quick, max_failures=2)
    # Scenes that are refused before work count.
    assert statuses == {"a": "done", "b": "failed", "c": "failed", "d": "not begun"}
    assert said[-1].splitlines()[-1] == "1 of 4 scenes done, 2 failed, 1 not begun"


def test_a_bug_of_ours_costs_a_scene_and_is_told(folder, tmp_path, quick, monkeypatch):
    measure = labelling.measure_scaling

    def failing(sources, *others):
        if sources[0].path.endswith("a.tif"):
            raise ZeroDivisionError("one\ntwo")
        return measure(sources, *others)

    monkeypatch.setattr(labelling, "measure_scaling", failing)
    statuses, said = _run(folder / "[ad].tif", tmp_path, quick)
    assert statuses == {"a": "failed", "d": "done"}
    (line,) = [line for line in said if line.startswith("a: ") and "bug" in line]
    assert line.endswith(f"(ZeroDivisionError: one two); its traceback is in {tmp_path / 'out/a/run.log'}, report it")
    events = [json.loads(line) for line in (tmp_path / "out/a/run.log").read_text().splitlines()]
    assert events[-1]["what"] == "bug"
    assert "in failing" in events[-1]["traceback"]


def test_a_scene_that_another_run_is_at_refuses_the_run_before_work(folder, tmp_path, quick):
    with locked(tmp_path / "out/d"), pytest.raises(OutputError, match="out/d: another run"):
        _run(folder / "[ad].tif", tmp_path, quick)
    assert not (tmp_path / "out/a").exists()


def test_a_run_that_is_stopped_tells_what_it_has_done(folder, tmp_path, quick, monkeypatch):
    attend = passage.attend

    def stopping(plan, executor, **options):
        if plan.scene.name == "d":
            os.kill(os.getpid(), signal.SIGINT)
        return attend(plan, executor, **options)

    monkeypatch.setattr(passage, "attend", stopping)
    with pytest.raises(StoppedError):
        _run(folder / "[ad].tif", tmp_path, quick)
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert [entry["status"] for entry in summary["scenes"]] == ["done", "interrupted"]
    monkeypatch.undo()
    assert _run(folder / "[ad].tif", tmp_path, quick)[0] == {"a": "done before", "d": "done"}


def test_a_stop_while_the_last_scene_ends_stops_nothing(folder, tmp_path, quick, monkeypatch):
    attend = passage.attend

    def interrupted(plan, executor, **options):
        result = yield from attend(plan, executor, **options)
        if plan.scene.name == "d":
            os.kill(os.getpid(), signal.SIGINT)
        return result

    monkeypatch.setattr(passage, "attend", interrupted)
    assert _run(folder / "[ad].tif", tmp_path, quick)[0] == {"a": "done", "d": "done"}


def test_a_scene_that_goes_away_keeps_what_was_done_of_it(folder, tmp_path, quick, monkeypatch):
    """A share that drops for a moment is no damage."""
    link = linking.link_tiles
    away = folder / "away"

    def dropping(_job):
        (folder / "d.tif").rename(away)
        raise InputError(f"{folder / 'd.tif'}: cannot be read")

    settings = ("tiles.size=160", "tiles.halo=32")
    monkeypatch.setattr(linking, "link_tiles", dropping)
    with pytest.raises(InputError, match="cannot be read"):
        _run(folder / "d.tif", tmp_path, quick, *settings)
    away.rename(folder / "d.tif")
    records = list((tmp_path / "out/d").glob(".work-*/tiles/*.zip"))
    assert len(records) == 6
    monkeypatch.setattr(linking, "link_tiles", link)
    assert _run(folder / "d.tif", tmp_path, quick, *settings)[0] == {"d": "done"}
    events = [json.loads(line)["what"] for line in (tmp_path / "out/d/run.log").read_text().splitlines()]
    assert events.count("tile") == events.count("tile found") == 6


@pytest.mark.parametrize("wrong", ['output.products=["cake"]', "cluster.gpus=[0]"])
def test_what_no_scene_can_be_done_with_is_told_once(folder, tmp_path, quick, wrong, monkeypatch):
    monkeypatch.setattr("pipeline.device.has_cuda", lambda: False)
    scenes, said = find_scenes([str(folder)]), []
    with pytest.raises(ConfigError, match=wrong.partition("=")[0]):
        segment_scenes(
            scenes,
            load_config(None, [*quick, wrong, "cluster.device=auto"]),
            Options(out=tmp_path / "out"),
            said.append,
        )
    assert said == []
    assert not (tmp_path / "out").exists()
