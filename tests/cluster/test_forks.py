import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from pipeline.cluster import open_cluster
from pipeline.cluster.forks import _PRELOAD, ENVIRONMENT, FORKED
from pipeline.config import ClusterConfig

pytestmark = pytest.mark.skipif(not FORKED, reason="workers are started one by one here")


def test_what_is_imported_before_the_fork_starts_no_thread_and_opens_no_device():
    program = f"""
import gc, importlib, os, sys
importlib.import_module({_PRELOAD!r})
import torch
print(len(os.listdir("/proc/self/task")), torch.cuda.is_initialized(), "pyarrow" in sys.modules)
print(gc.isenabled(), gc.get_freeze_count() > 100_000, "pipeline.tile" in sys.modules)
print({{"pipeline.prior", "pipeline.cluster.fitness", "distributed.nanny", "distributed.worker"}} <= set(sys.modules))
"""
    found = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", program], env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["1", "False", "False", "True", "True", "True", "True"]


def _told() -> tuple[int, int, bool, dict[str, str]]:
    return os.getpid(), os.getppid(), "torch" in sys.modules, {name: os.environ[name] for name in ENVIRONMENT}


def test_workers_are_forked_from_one_process_that_is_a_child_of_this_one():
    before = dict(os.environ)
    with open_cluster(ClusterConfig(), 2) as executor:
        told = executor.everywhere(_told)
    (parent,) = {server for _, server, _, _ in told}
    assert parent in {child.pid for child in psutil.Process().children()}
    assert len({worker for worker, *_ in told} - {os.getpid()}) == 2
    assert all(imported for _, _, imported, _ in told)
    assert all(environment == ENVIRONMENT for *_, environment in told)
    assert os.environ.get("PATH") == before.get("PATH")


def test_a_process_that_has_forked_leaves_none_behind():
    program = """
from pipeline.cluster.forks import start_forking
import psutil
start_forking()
(server,) = [child.pid for child in psutil.Process().children() if "forkserver" in " ".join(child.cmdline())]
print(server)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert not psutil.pid_exists(int(found.stdout))


_SAYS = """
import sys, multiprocessing
from pipeline.cluster.forks import start_forking
from pipeline.cluster import open_cluster
from pipeline.config import ClusterConfig
def told():
    import pipeline.tile, os
    return os.environ.get("SAID")
if __name__ == "__main__":
    print(start_forking())
    with open_cluster(ClusterConfig(), 1) as executor:
        print(executor.everywhere(told))
"""


def _said(folder, program, **environment):
    file = folder / "program.py"
    file.write_text(program)
    root = str(Path(__file__).parents[2])
    said = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-P", str(file)],
        env={**os.environ, "PYTHONPATH": root, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.splitlines()


def test_modules_of_the_working_folder_are_not_taken_for_ours(tmp_path):
    (tmp_path / "pipeline.py").write_text("raise SystemExit('not this one')")
    (tmp_path / "torch.py").write_text("raise SystemExit('nor this')")
    assert _said(tmp_path, _SAYS) == ["True", "[None]"]


def test_where_there_is_no_room_for_a_socket_workers_are_started_one_by_one(tmp_path):
    long = tmp_path / ("temporary" * 10)
    long.mkdir()
    assert _said(tmp_path, _SAYS, TMPDIR=str(long)) == ["False", "[None]"]


def test_what_this_program_imports_meanwhile_is_no_reason_to_begin_anew(tmp_path):
    same = """
import os
from pipeline.cluster import forks
if __name__ == "__main__":
    for name in ("GDAL_CURL_CA_BUNDLE", "PROJ_CURL_CA_BUNDLE"):
        # Of the test's own libraries.
        os.environ.pop(name, None)
    forks.start_forking()
    before = forks._server_pid()
    import pipeline.run.dataset, pipeline.cluster.dask, pipeline.raster.features
    forks.start_forking()
    print(before, forks._server_pid() == before)
"""
    (said,) = _said(tmp_path, same)
    assert said.split()[1] == "True"
    assert said.split()[0].isdigit()


def test_a_later_run_has_the_environment_of_its_time(tmp_path):
    later = _SAYS.replace("    print(start_forking())", "    start_forking(); import os; os.environ['SAID'] = 'later'")
    assert _said(tmp_path, later) == ["['later']"]


def test_a_server_of_the_programs_own_is_left_alone(tmp_path):
    own = _SAYS.replace(
        "    print(start_forking())",
        "    from multiprocessing import forkserver; forkserver.ensure_running(); print(start_forking())",
    )
    assert _said(tmp_path, own) == ["False", "[None]"]
