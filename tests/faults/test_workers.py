"""Workers that die, tasks that fail, and runs that are stopped."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from benchmarks.processes import workers_of
from pipeline.cluster import InProcess, Stage, open_cluster, places
from pipeline.config import ClusterConfig
from pipeline.errors import OutputError, ResourceError, SchedulerGoneError, StoppedError, WorkerError

TWO = ClusterConfig(device="cpu", retries=2)


def _die_first(job: Path) -> int:
    """Die at the first try, and do it at the second."""
    if "good" in job.name:
        time.sleep(0.05)
        return 0
    tries = len(list(job.parent.glob(f"{job.name}.*")))
    Path(f"{job}.{tries}").touch()
    if tries == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return tries


def _fail_first(job: Path) -> int:
    tries = len(list(job.parent.glob(f"{job.name}.*")))
    Path(f"{job}.{tries}").touch()
    if tries == 0:
        raise OutputError(f"{job}: a moment of weakness")
    return tries


def _die_always(job: Path) -> int:
    if "bad" in job.name:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.3)
    return 1


def _slow(job: Path) -> int:
    time.sleep(0.5)
    job.touch()
    return 1


def _touch(job: Path) -> None:
    job.touch()
    time.sleep(0.2)


def _too_much(job: str) -> object:
    if job == "torch":
        return torch.empty(2**50)
    if job == "numpy":
        return np.empty(2**50)
    raise torch.OutOfMemoryError(job)


def test_a_task_whose_worker_died_is_done_elsewhere(tmp_path):
    jobs = [tmp_path / name for name in ("bad", "good 1", "good 2", "good 3", "bad 2")]
    with open_cluster(TWO, 2) as executor:
        results = dict(executor.map([Stage(_die_first)], jobs, tmp_path))
    assert results == {job: int("bad" in job.name) for job in jobs}
    assert not list((tmp_path / "begun").iterdir())


def test_a_task_that_failed_once_is_tried_again(tmp_path):
    with open_cluster(TWO, 1) as executor:
        assert dict(executor.map([Stage(_fail_first)], [tmp_path / "a"], tmp_path)) == {tmp_path / "a": 1}


def test_a_deadly_task_is_named_and_those_that_waited_at_its_workers_are_not(tmp_path):
    """Four workers die of one task; with Dask's own count all that waited there would have been given up as well."""
    jobs = [tmp_path / f"good {number}" for number in range(6)]
    jobs.insert(1, tmp_path / "bad")
    done = []
    with open_cluster(ClusterConfig(device="cpu", retries=3), 1) as executor:
        with pytest.raises(
            WorkerError, match=r"bad: the worker died 4 times at it \(.*-\d+, .*\), most likely"
        ) as caught:
            done.extend(job for job, _ in executor.map([Stage(_die_always)], jobs, tmp_path))
        assert "\n" not in str(caught.value)
        # The workers are whole again, and go on with what is next.
        rest = [job for job in jobs if job not in done and "good" in job.name]
        assert len(list(executor.map([Stage(_die_always)], rest, tmp_path))) == len(rest)


@pytest.mark.parametrize("job", ["torch", "numpy", "cuda"])
def test_memory_that_runs_out_is_one_sentence(job, tmp_path):
    with pytest.raises(ResourceError, match=f"^{job}: .*memory ran out; set .*tiles.size"):
        list(InProcess().map([Stage(_too_much)], [job], tmp_path))


def _stop_after(stop: threading.Event, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, stop.set)
    timer.start()
    return timer


def test_a_run_that_is_stopped_ends_what_runs_and_begins_nothing(tmp_path):
    stop, jobs = threading.Event(), [tmp_path / str(number) for number in range(40)]
    done = []
    with open_cluster(TWO, 2, stop) as executor:
        _stop_after(stop, 1.2)
        with pytest.raises(StoppedError):
            done.extend(job for job, _ in executor.map([Stage(_slow)], jobs, tmp_path))
        assert 1 <= len(done) < 12
        # What was begun came to its end, and was handed over.
        assert sorted(done) == sorted(path for path in jobs if path.exists())
        with pytest.raises(StoppedError):
            list(executor.map([Stage(_slow)], jobs, tmp_path))
        with pytest.raises(StoppedError):
            executor.call(Stage(_slow), jobs[0], tmp_path, lambda: None)


def test_without_workers_it_stops_between_two_tasks(tmp_path):
    stop, jobs = threading.Event(), [tmp_path / str(number) for number in range(9)]
    results = InProcess(stop).map([Stage(_slow)], jobs, tmp_path)
    assert [next(results)[0], next(results)[0]] == jobs[:2]
    stop.set()
    with pytest.raises(StoppedError):
        next(results)
    assert not jobs[2].exists()


def test_workers_know_no_interrupt(tmp_path):
    with open_cluster(TWO, 1) as executor:
        (worker,) = executor.everywhere(os.getpid)
        os.kill(worker, signal.SIGINT)
        assert dict(executor.map([Stage(_slow)], [tmp_path / "a"], tmp_path)) == {tmp_path / "a": 1}
        assert executor.everywhere(os.getpid) == [worker]
        # One that comes for a dead one neither.
        os.kill(worker, signal.SIGKILL)
        assert dict(executor.map([Stage(_slow)], [tmp_path / "b"], tmp_path)) == {tmp_path / "b": 1}
        (worker,) = executor.everywhere(os.getpid)
        os.kill(worker, signal.SIGINT)
        time.sleep(0.3)
        assert executor.everywhere(os.getpid) == [worker]
        assert psutil.Process(worker).is_running()


@pytest.fixture
def own_scheduler(tmp_path):
    """Give a scheduler and a worker of the user's, each a process: the scheduler's, and its address."""
    started = []

    file = tmp_path / "scheduler.json"
    code = "from distributed.cli.{0} import main; main()"
    usual = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    words = [sys.executable, "-c", code.format("dask_scheduler"), "--port", "0", "--scheduler-file", str(file), *usual]
    scheduler = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own
    started.append(scheduler)
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    address = json.loads(file.read_text())["address"]
    words = [
        sys.executable,
        "-c",
        code.format("dask_worker"),
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--no-nanny",
    ]
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started.append(subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=path))  # noqa: S603
    yield scheduler, address
    for process in started:
        process.kill()
        process.wait()


def test_a_scheduler_that_dies_is_told(own_scheduler, tmp_path):
    scheduler, address = own_scheduler
    jobs = [tmp_path / str(number) for number in range(50)]
    with open_cluster(ClusterConfig(scheduler=address), 0) as executor:
        results = executor.map([Stage(_touch)], jobs, tmp_path)
        assert next(results)[0].exists()
        scheduler.kill()
        started = time.monotonic()
        with pytest.raises(SchedulerGoneError, match="the Dask scheduler is gone"):
            list(results)
        assert time.monotonic() - started < 20


def _kill_newcomers(stop: threading.Event, known: set[int]) -> None:
    """Kill every worker that is just being started, for a while."""
    while not stop.wait(0.02):
        for worker in workers_of(os.getpid()):
            with suppress(psutil.Error):
                if worker.pid not in known:
                    worker.kill()


@pytest.fixture
def deadly():
    """Give a function that has newcomers die until the event that it returns is set."""
    stops = []

    def begin(known=()):
        stops.append(threading.Event())
        threading.Thread(target=_kill_newcomers, args=(stops[-1], set(known)), daemon=True).start()
        return stops[-1]

    yield begin
    for stop in stops:
        stop.set()


def test_workers_that_die_while_they_start_are_started_again(tmp_path, deadly):
    stop = deadly()
    threading.Timer(1.2, stop.set).start()
    with open_cluster(TWO, 2) as executor:
        assert dict(executor.map([Stage(_slow)], [tmp_path / "a"], tmp_path)) == {tmp_path / "a": 1}


def test_workers_that_always_die_while_they_start_are_an_error(deadly):
    deadly()
    with (
        pytest.raises(WorkerError, match="2 worker processes died while they were started, 4 times"),
        open_cluster(TWO, 2),
    ):
        pass


@pytest.mark.timeout(60)
def test_a_worker_that_dies_while_it_comes_for_a_dead_one_is_started_again(tmp_path, deadly, monkeypatch):
    """Dask gives such a worker up; the only one, it would be waited for for ever."""
    monkeypatch.setitem(places._SETTINGS, "distributed.deploy.lost-worker-timeout", "2s")
    with open_cluster(TWO, 1) as executor:
        (worker,) = executor.everywhere(os.getpid)
        stop = deadly([worker])
        os.kill(worker, signal.SIGKILL)
        threading.Timer(3, stop.set).start()
        assert dict(executor.map([Stage(_slow)], [tmp_path / "a"], tmp_path)) == {tmp_path / "a": 1}
        assert executor.everywhere(os.getpid) != [worker]
