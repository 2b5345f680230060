"""The process that this machine's workers are forked from: it has imported what they need once, for all of them.

Importing torch, scipy and Dask takes a process two to three CPU seconds. Forked workers have it at once, in memory
that they share; those that come for dead ones, too.
"""

import atexit
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker

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

# Nothing here may start threads or open a device, which a forked process cannot go on with.
_IMPORTED = ["distributed.nanny", "distributed.worker", "pipeline.tile", "pipeline.prior", "pipeline.cluster.fitness"]


def start_forking() -> None:
    """Start that process, which ends with this one, unless it runs already; it is ready a while later."""
    if not FORKED:
        return
    atexit.unregister(_stop_forking)
    atexit.register(_stop_forking)
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    multiprocessing.get_context("forkserver").set_forkserver_preload(_IMPORTED)
    # What cannot be started now is tried again with the first worker, and told of there.
    with without_interrupts(), suppress(OSError):
        os.environ.update(ENVIRONMENT)
        try:
            forkserver.ensure_running()
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _stop_forking() -> None:
    """End that process with this one, and wait for it, so that its time counts as this one's, its workers' included."""
    server = forkserver._forkserver  # noqa: SLF001 - Python names no other way; without it the process ends a little later
    pid, stop = getattr(server, "_forkserver_pid", None), getattr(server, "_stop", None)
    if pid is None or stop is None or multiprocessing.active_children():
        return
    with suppress(OSError):
        os.kill(pid, signal.SIGTERM)
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
