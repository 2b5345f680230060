import os
import subprocess
import sys

import psutil
import pytest

from pipeline.cluster import open_cluster
from pipeline.cluster.forks import _IMPORTED, ENVIRONMENT, FORKED
from pipeline.config import ClusterConfig

pytestmark = pytest.mark.skipif(not FORKED, reason="workers are started one by one here")


def test_what_is_imported_before_the_fork_starts_no_thread_and_opens_no_device():
    program = f"""
import importlib, os, sys
for name in {_IMPORTED!r}:
    importlib.import_module(name)
import torch
print(len(os.listdir("/proc/self/task")), torch.cuda.is_initialized(), "pyarrow" in sys.modules)
"""
    found = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", program], env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["1", "False", "False"]


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
