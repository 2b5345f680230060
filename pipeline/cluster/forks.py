"""The process that this machine's workers are forked from: it has imported what they need once, for all of them.

Importing torch, scipy and Dask takes a process two to three CPU seconds. Forked workers have it at once, in memory
that they share; those that come for dead ones, too.
"""

import atexit
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker

import psutil

FORKED = "forkserver" in multiprocessing.get_all_start_methods()
"""Whether the system can; else workers are started one by one."""

ENVIRONMENT = {
    # As `keep_freed_memory`, but from a worker's first moment: Dask's own value is there before, and a thread that has
    # an arena of its own by then gives every large block back.
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    # Also because a process that has threads must not be forked from.
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    # Threads that wait for one another sleep. Spinning, they took twice the CPU time, and the training twice as long,
    # as soon as anybody else was at the cores.
    "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "PASSIVE"),
    # Dask has all its workers hash alike.
    "PYTHONHASHSEED": "6640",
}
"""What workers have in their environment from their first moment."""

_PRELOAD = "pipeline.cluster.preload"
# pyogrio sets these when it is imported, GDAL's and PROJ's to the same file; no worker reads what it says.
_OF_LIBRARIES = {"GDAL_CURL_CA_BUNDLE", "PROJ_CURL_CA_BUNDLE"}


@dataclass(frozen=True)
class _Server:
    """What this program has started."""

    pid: int
    owner: int
    """The process that did; one that was forked from it must leave the server alone."""

    environment: dict[str, str]
    """Of the owner at that time, but for what libraries put there."""


_ours: _Server | None = None


def start_forking() -> bool:
    """Start that process, which ends with this one, unless it runs already; it is ready a while later.

    Returns:
        Whether workers can be forked from it. Not where the system cannot, where it has no room for the socket (a name
        of 108 bytes in the folder for temporary files), or where a program that calls this one has a server of its own.
    """
    global _ours  # noqa: PLW0603 - multiprocessing has one server for a process, too
    if not FORKED:
        return False
    running, here = _server_pid(), {name: value for name, value in os.environ.items() if name not in _OF_LIBRARIES}
    if running is not None:
        if _ours is None or running != _ours.pid:
            return False
        if _ours.environment == here or multiprocessing.active_children():
            return True
        # Workers would not see what has changed since.
        _stop_forking()
    multiprocessing.get_context("forkserver").set_forkserver_preload([_PRELOAD])
    # The server would look for modules in the working folder first, and knows nothing of this process's own places.
    places = {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with without_interrupts(), _environment({**ENVIRONMENT, **places}):
        try:
            forkserver.ensure_running()
        except OSError:
            return False
    found = _server_pid()
    if found is None:
        return False
    _ours = _Server(found, os.getpid(), here)
    atexit.unregister(_stop_forking)
    atexit.register(_stop_forking)
    return True


def _server_pid() -> int | None:
    """Return the server's process, if it is alive."""
    server = forkserver._forkserver  # noqa: SLF001 - Python names no other way
    pid: int | None = getattr(server, "_forkserver_pid", None)
    with suppress(psutil.Error):
        if pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            return pid
    return None


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _stop_forking() -> None:
    """End that process with this one, and wait for it, so that its time counts as this one's, its workers' included."""
    # Without a way to stop it the process ends a little later.
    stop = getattr(forkserver._forkserver, "_stop", None)  # noqa: SLF001 - as above
    if _ours is None or os.getpid() != _ours.owner or stop is None or multiprocessing.active_children():
        return
    if _server_pid() == _ours.pid:
        with suppress(OSError):
            os.kill(_ours.pid, signal.SIGTERM)
            stop()


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Start threads and processes that Ctrl-C does not reach: it is this process that decides what becomes of them."""
    # Python's tracker of shared resources unblocks the signal for whoever starts it, with the first process.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
