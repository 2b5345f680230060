"""Every executor keeps the same promises."""

import os
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import rasterio

from pipeline.cluster import InProcess, Stage, open_cluster
from pipeline.cluster.fitness import complaint, prove_fitness, versions
from pipeline.config import ClusterConfig, InputConfig
from pipeline.errors import ConfigError, InputError, OutputError, WorkerError
from pipeline.raster.open import open_source
from pipeline.raster.source import read


def _double(job: int) -> int:
    return 2 * job


def _refuse(job: int) -> int:
    if job == 3:
        raise InputError("three: is not to be had")
    return job


def _leave(job: Path) -> None:
    job.write_text(str(os.getpid()))


def _find(job: Path) -> tuple[int, int]:
    return int(job.read_text()), os.getpid()


def _note(job: tuple[Path, float]) -> None:
    time.sleep(job[1])
    job[0].touch()


def _wait(job: float) -> float:
    time.sleep(job)
    return job


@pytest.fixture(scope="module")
def rehearsal():
    """Give one worker that plays a GPU's, and one that pre-segments."""
    with open_cluster(ClusterConfig(device="cpu", gpus=(0,)), 1) as executor:
        yield executor


@pytest.fixture(params=["in process", "dask"])
def executor(request):
    return InProcess() if request.param == "in process" else request.getfixturevalue("rehearsal")


def test_results_come_with_their_jobs(executor, tmp_path):
    assert sorted(executor.map([Stage(_double)], [1, 2, 3], tmp_path)) == [(1, 2), (2, 4), (3, 6)]
    assert list(executor.map([Stage(_double)], [], tmp_path)) == []


def test_an_error_of_a_task_is_that_error(executor, tmp_path):
    with pytest.raises(InputError, match="three"):
        list(executor.map([Stage(_refuse)], [1, 2, 3, 4], tmp_path))
    # What was left is dropped, and the workers go on.
    assert list(executor.map([Stage(_double)], [5], tmp_path)) == [(5, 10)]


def _read_damaged(job: Path) -> None:
    source = open_source(job, InputConfig())
    read(source, source.spec.scene)


def test_an_error_with_one_of_gdals_behind_it_is_that_error(executor, tmp_path):
    """Exceptions of rasterio do not survive the way to another process, and would take ours with them."""
    file = tmp_path / "cut.tif"
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 1, "dtype": "uint8", "tiled": True}
    with rasterio.open(file, "w", blockxsize=16, blockysize=16, compress="deflate", **profile) as dataset:
        dataset.write(np.random.default_rng(0).integers(1, 255, (1, 64, 64), dtype=np.uint8))
    content = bytearray(file.read_bytes())
    content[-600:] = bytes(600)
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"cut\.tif: rows 0 to 64, columns 0 to 64 cannot be read"):
        executor.call(Stage(_read_damaged), file, tmp_path, lambda: None)


def test_call_waits_and_tells(executor, tmp_path):
    seen = []
    assert executor.call(Stage(_wait), 0.5, tmp_path, lambda: seen.append(1)) == 0.5
    assert seen


def test_stages_go_to_the_workers_that_they_want(rehearsal, tmp_path):
    assert rehearsal.gpus
    jobs = [tmp_path / str(number) for number in range(4)]
    results = [
        result
        for _, result in rehearsal.map([Stage(_leave, wants="cpu"), Stage(_find, wants="gpu")], jobs, tmp_path / "work")
    ]
    before, after = {first for first, _ in results}, {second for _, second in results}
    assert len(before) == len(after) == 1
    assert before != after
    assert os.getpid() not in before | after


def test_without_gpus_there_is_one_kind_of_worker():
    assert not InProcess().gpus


def test_every_worker_proves_its_fitness(rehearsal, scene_file, tmp_path):
    source = open_source(scene_file, InputConfig())
    folders = {"--work": tmp_path / "work", "--out": tmp_path / "out"}
    prove_fitness(rehearsal, source, folders)
    assert list((tmp_path / "work").iterdir()) == list((tmp_path / "out").iterdir()) == []
    gone = tmp_path / "gone.tif"
    gone.write_bytes(scene_file.read_bytes())
    source = open_source(gone, InputConfig())
    gone.unlink()
    with pytest.raises(WorkerError, match=r"cannot open the scene.*gone\.tif"):
        prove_fitness(rehearsal, source, folders)
    assert list((tmp_path / "work").iterdir()) == []


def test_a_work_directory_that_cannot_be_made(scene_file, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--work"):
        prove_fitness(InProcess(), open_source(scene_file, InputConfig()), {"--work": tmp_path / "file" / "work"})


def test_other_versions_are_told(scene_file, tmp_path):
    source = open_source(scene_file, InputConfig())
    mark = tmp_path / "mark"
    mark.touch()
    assert complaint(versions(), source, {"--work": mark}) is None
    assert "this program 0.1;" in (complaint(versions() | {"torch": "0.1"}, source, {"--work": mark}) or "")


def test_a_folder_that_a_worker_does_not_share_is_told(scene_file, tmp_path, monkeypatch):
    """A path may lead elsewhere on another machine, and be written to there."""
    source, mark = open_source(scene_file, InputConfig()), tmp_path / "mark"
    mark.touch()
    said = complaint(versions(), source, {"--work": mark, "--out": tmp_path / "nowhere" / "mark"}) or ""
    assert said.startswith(f"{tmp_path / 'nowhere'}: is another folder for the worker on ")
    assert said.endswith("with --out")

    def refuse(_path, _content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert "cannot write there (Permission denied)" in (complaint(versions(), source, {"--work": mark}) or "")


def test_no_scheduler_at_the_address(monkeypatch):
    monkeypatch.setattr("pipeline.cluster.places._CONNECT_S", 1)
    config = ClusterConfig(scheduler="tcp://127.0.0.1:9")
    with pytest.raises(WorkerError, match=r"127\.0\.0\.1:9"), open_cluster(config, 0):
        pass


def test_slurm_that_is_not_there(monkeypatch):
    pytest.importorskip("dask_jobqueue")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConfigError, match="sbatch"), open_cluster(ClusterConfig(slurm={"jobs": 1}), 0):
        pass


def test_a_running_scheduler_is_used(scene_file, tmp_path):
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        open_cluster(ClusterConfig(scheduler=cluster.scheduler_address), 0) as executor,
    ):
        assert list(executor.map([Stage(_double)], [4], tmp_path)) == [(4, 8)]
        prove_fitness(executor, open_source(scene_file, InputConfig()), {"--work": tmp_path})


def test_where_all_workers_have_a_gpu_they_do_everything(tmp_path):
    """As Slurm starts them: there is nobody to pre-segment for them, and so nothing to hand over."""
    from distributed import LocalCluster

    local = {"processes": False, "dashboard_address": "127.0.0.1:0"}
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, resources={"GPU": 1}, **local) as cluster,
        open_cluster(ClusterConfig(scheduler=cluster.scheduler_address), 0) as executor,
    ):
        assert not executor.gpus
        stages = [Stage(_double, wants="cpu"), Stage(_double, wants="gpu")]
        assert list(executor.map(stages, [4], tmp_path)) == [(4, 8)]


@contextmanager
def _meanwhile(executor, work, count, seconds):
    """Have so many jobs of so many seconds done while the block runs; give where each leaves a file."""
    done, ended = work / "done", Event()
    done.mkdir()
    jobs = [(done / str(number), seconds) for number in range(count)]
    came = []
    aside = Thread(target=lambda: came.extend(executor.meanwhile(Stage(_note), jobs, work, ended)))
    aside.start()
    while not any(done.iterdir()):
        time.sleep(0.02)
    yield done
    ended.set()
    aside.join(timeout=20)
    assert not aside.is_alive()
    # Of those that have come to their end by then.
    assert 0 < len(came) <= len(list(done.iterdir()))


def test_what_is_done_meanwhile_ends_when_it_is_to(rehearsal, tmp_path):
    """Jobs are handed out until then; what a thousand of them would take is not waited for."""
    with _meanwhile(rehearsal, tmp_path, 1000, 0.05) as done:
        pass
    assert 0 < len(list(done.iterdir())) < 1000


def test_what_is_wanted_comes_before_what_is_done_meanwhile(rehearsal, tmp_path):
    """Spare jobs fill every worker's queue; the wanted ones wait for those that run, not for those that wait."""
    with _meanwhile(rehearsal, tmp_path, 50, 1.0) as done:
        assert sorted(rehearsal.map([Stage(_double)], list(range(8)), tmp_path)) == [(n, 2 * n) for n in range(8)]
        assert len(list(done.iterdir())) <= 5


def test_an_error_meanwhile_is_nobodys(executor, tmp_path):
    assert set(executor.meanwhile(Stage(_refuse), [1, 2, 3, 4], tmp_path, Event())) <= {1, 2, 4}


def test_nothing_is_done_meanwhile_where_all_is_done_in_turn(tmp_path):
    assert InProcess().meanwhile(Stage(_note), [(tmp_path / "done", 0.0)], tmp_path, Event()) == []
    assert not list(tmp_path.iterdir())
