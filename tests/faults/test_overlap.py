"""Scenes under way at the same time, on workers: what happens to one is nothing to the others."""

import json
import os
import signal
import threading
import time

import pytest

from pipeline.config.load import load_config
from pipeline.errors import OutputError, StoppedError
from pipeline.run import scene
from pipeline.run.dataset import segment_scenes
from pipeline.run.options import Options
from pipeline.run.scenes import find_scenes

TIMES = {"run.json", "run.log"}
SETTINGS = ("tiles.size=160", "tiles.halo=32", "presegment.method=watershed", "train.steps=2", "train.start_steps=2")
PRODUCTS = 'output.products=["classes", "objects", "style", "stac"]'
NAMES = ("a", "b", "c")


@pytest.fixture
def run(scene_file, tmp_path, quick):
    """Give a function that segments three scenes, with two workers at first, and returns their statuses."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.tif").write_bytes(scene_file.read_bytes())

    def segment(out="out", workers=2, **options):
        config = load_config(None, [*quick, *SETTINGS, PRODUCTS, f"cluster.workers={workers}"])
        scenes = find_scenes([str(folder / f"{name}.tif") for name in NAMES])
        outcomes = segment_scenes(scenes, config, Options(out=tmp_path / out, **options), lambda _line: None)
        return {outcome.scene.name: outcome.status for outcome in outcomes}

    return segment


def events(folder):
    return [json.loads(line) for line in (folder / "run.log").read_text().splitlines()]


def lasting(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in TIMES}


def until(ready, seconds=60):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come so far"
        time.sleep(0.01)


def while_writing(monkeypatch, name, what):
    """Have something happen as soon as a scene's outputs are to be written."""
    write = scene.write_outputs

    def writing(plan, *arguments, **options):
        if plan.scene.name == name:
            what()
        return write(plan, *arguments, **options)

    monkeypatch.setattr(scene, "write_outputs", writing)


def test_scenes_that_overlap_are_as_if_one_came_after_the_other(run, tmp_path, monkeypatch):
    log = tmp_path / "out/b/run.log"
    while_writing(monkeypatch, "a", lambda: until(lambda: log.exists() and '"tile"' in log.read_text()))
    assert run() == dict.fromkeys(NAMES, "done")
    monkeypatch.undo()
    # One after the other, in this process; the folder has the same name, which is the collection's.
    run(out="apart/out", workers=0)
    for name in NAMES:
        told = events(tmp_path / "out" / name)
        assert {event["scene"] for event in told} == {name}
        assert [event["what"] for event in told].count("tile") == 6
        assert [told[0]["what"], told[-1]["what"]] == ["begun", "done"]
        assert lasting(tmp_path / "out" / name) == lasting(tmp_path / "apart/out" / name)


def test_a_scene_that_cannot_be_written_does_the_next_no_harm(run, tmp_path, monkeypatch):
    def failing():
        raise OutputError("a: cannot be written (No space left on device)")

    while_writing(monkeypatch, "a", failing)
    assert run() == {"a": "failed", "b": "done", "c": "done"}
    monkeypatch.undo()
    # All tiles are there, and the same command goes on from them.
    assert run(workers=0) == {"a": "done", "b": "done before", "c": "done before"}
    assert [event["what"] for event in events(tmp_path / "out/a")].count("tile found") == 6


def test_failures_that_are_too_many_leave_what_is_under_way(run, tmp_path, monkeypatch):
    log = tmp_path / "out/b/run.log"

    def failing():
        until(log.exists)
        raise OutputError("a: cannot be written (No space left on device)")

    while_writing(monkeypatch, "a", failing)
    statuses = run(max_failures=1)
    assert statuses["a"] == "failed"
    assert "done" not in statuses.values()
    assert statuses["b"] == "interrupted"
    assert events(tmp_path / "out/b")[-1]["what"] == "interrupted"
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert [entry["status"] for entry in summary["scenes"]] == list(statuses.values())


def test_ctrl_c_lets_a_scene_be_written_and_stops_the_next(run, tmp_path, monkeypatch):
    log = tmp_path / "out/b/run.log"

    def interrupt():
        until(lambda: log.exists() and '"begun"' in log.read_text())
        os.kill(os.getpid(), signal.SIGINT)

    while_writing(monkeypatch, "a", interrupt)
    with pytest.raises(StoppedError):
        run()
    monkeypatch.undo()
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    statuses = {entry["scene"]: entry["status"] for entry in summary["scenes"]}
    assert (statuses["a"], statuses["b"]) == ("done", "interrupted")
    assert events(tmp_path / "out/b")[-1]["what"] == "interrupted"
    assert not list((tmp_path / "out").glob("*/.lock"))
    records = {path: path.stat().st_mtime_ns for path in (tmp_path / "out/b").glob(".work-*/tiles/*.zip")}
    assert run(workers=0, keep_work=True) == {"a": "done before", "b": "done", "c": "done"}
    assert {path: path.stat().st_mtime_ns for path in records} == records


def test_the_end_of_the_program_ends_all_scenes(run, tmp_path, monkeypatch):
    log = tmp_path / "out/b/run.log"

    def terminate():
        until(lambda: log.exists() and '"begun"' in log.read_text())
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)

    while_writing(monkeypatch, "a", terminate)
    with pytest.raises(SystemExit):
        run()
    for name in ("a", "b"):
        assert events(tmp_path / "out" / name)[-1]["what"] == "interrupted"
    assert not list((tmp_path / "out").glob("*/.lock"))
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "scene"])
    monkeypatch.undo()
    assert run(workers=0) == dict.fromkeys(NAMES, "done")
