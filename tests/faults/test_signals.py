"""The command line under signals, as a user or a batch system sends them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.processes import workers_of

SETTINGS = ("cluster.workers=2", "tiles.size=100", "tiles.halo=32", "presegment.method=watershed")


@pytest.fixture
def start(scene_file, tmp_path, quick):
    """Give a function that starts `segment` in a session of its own and waits until a tile is done."""
    started = []

    def begin(*words):
        settings = [f"--set={setting}" for setting in (*quick, *SETTINGS)]
        command = [sys.executable, "-m", "pipeline", "segment", str(scene_file), "--out", str(tmp_path), *settings]
        process = subprocess.Popen(  # noqa: S603 - our own
            [*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until(ready, seconds=150):
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it did not come so far"
        time.sleep(0.01)


def events(out: Path) -> list[dict]:
    log = out / "village/run.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def tiles_done(out: Path) -> int:
    return sum(event["what"] == "tile" for event in events(out))


def test_ctrl_c_ends_what_runs_and_the_same_command_goes_on(start, tmp_path):
    process = start()
    until(lambda: tiles_done(tmp_path) >= 1)
    # As a terminal does: to all processes at once.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "press Ctrl-C again" in said
    assert said.splitlines()[-1] == "interrupted; the same command goes on where this one stopped"
    assert "Traceback" not in said
    records = {path: path.stat().st_mtime_ns for path in tmp_path.glob("village/.work-*/tiles/*.zip")}
    assert 1 <= len(records) < 12
    assert not (tmp_path / "village/.lock").exists()
    assert not list(tmp_path.glob("village/*.tif"))

    again = start("--keep-work")
    paths, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert all(Path(path).exists() for path in paths.split())
    assert {path: path.stat().st_mtime_ns for path in records} == records
    assert sum(event["what"] == "tile found" for event in events(tmp_path)) == len(records)

    third = start("--quiet")
    paths, said = third.communicate(timeout=60)
    assert (third.returncode, said) == (0, "")
    assert paths.split()[-1].endswith("manifest.json")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(start, tmp_path, number):
    process = start()
    until(lambda: tiles_done(tmp_path) >= 1)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) >= 2
    process.send_signal(number)
    process.wait(timeout=20)
    assert process.returncode in {128 + number, -number}
    _, alive = psutil.wait_procs(workers, timeout=5)
    assert not alive
    if number == signal.SIGTERM:
        assert "Traceback" not in process.stderr.read()
        assert events(tmp_path)[-1]["what"] == "interrupted"


def test_a_second_run_is_refused(start, tmp_path):
    process = start()
    until(lambda: tiles_done(tmp_path) >= 1)
    process.send_signal(signal.SIGSTOP)
    second = start()
    _, said = second.communicate(timeout=60)
    process.send_signal(signal.SIGCONT)
    assert second.returncode == 2
    assert said.splitlines()[-1].startswith(f"error: {tmp_path / 'village'}: another run is writing there")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said


def test_a_worker_that_is_killed_costs_a_tile_and_no_more(start, tmp_path):
    process = start("--verbose")
    until(lambda: tiles_done(tmp_path) >= 1)
    workers_of(process.pid)[0].kill()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    # One whose record was there already when its worker died is found by the next.
    assert sum(event["what"] in {"tile", "tile found"} for event in events(tmp_path)) == 12
    assert "Traceback" not in said
    # Every event is on the terminal, too.
    assert said.count(" tile  ") + said.count(" tile found") == 12
