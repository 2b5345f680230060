"""Clusters: a local one for CPUs or GPUs, a running scheduler, Slurm."""

import logging
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import dask
from distributed import Client, Nanny, Scheduler, SpecCluster, Status

from pipeline.cluster.forks import ENVIRONMENT, start_forking, without_interrupts
from pipeline.cluster.slurm import slurm_cluster
from pipeline.config import ClusterConfig
from pipeline.device import pick_device
from pipeline.errors import ConfigError, WorkerError

# Paused workers never go on while torch holds the memory, and there is nothing that could be spilled: tasks return
# next to nothing. What a worker may use is bounded by the plan instead.
_SETTINGS = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.daemon": True,
    "distributed.comm.timeouts.connect": "60s",
    # Who died at what, and how often, is counted by the tasks themselves.
    "distributed.scheduler.allowed-failures": 2**31,
    "distributed.nanny.pre-spawn-environ": ENVIRONMENT,
    "distributed.admin.tick.limit": "1h",
    # Dask's looks at itself and at the machine, fifty and more a second in each process, take a tenth of a core of a
    # local cluster; nobody sees what they find.
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.worker.profile.enabled": False,
}
_HERE = "127.0.0.1"
# Dask serves its state over HTTP even without the dashboard; then at least for this machine alone, on a free port.
_NO_DASHBOARD = {"dashboard": False, "dashboard_address": f"{_HERE}:0"}
_CONNECT_S = 10
_CLOSE_S = 20
_TRIES, _PAUSE_S = 4, 1.0
# Above every level: what goes wrong in a task reaches the user as an error of that task, once.
_SILENT = 60


@dataclass(frozen=True)
class Place:
    """Where tasks run."""

    client: Client
    expected: int
    """Workers that there must be before work begins."""

    heal: Callable[[], None] = lambda: None
    """Has workers started for those that are lost for good, where that is this program's business."""


@contextmanager
def place(config: ClusterConfig, workers: int) -> Iterator[Place]:
    """Start, or connect to, what the configuration asks for."""
    # A worker that does not come is told of by the executor, once.
    logging.getLogger("asyncio").setLevel(_SILENT)
    with dask.config.set(_SETTINGS):
        if config.scheduler is not None:
            with _connected(config.scheduler) as client:
                yield Place(client, 1)
        elif config.slurm is not None:
            with slurm_cluster(config.slurm) as cluster, Client(cluster) as client:
                yield Place(client, 1)
        else:
            method = {"distributed.worker.multiprocessing-method": "forkserver" if start_forking() else "spawn"}
            with dask.config.set(method), _local(worker_layout(config, workers)) as given:
                yield given


def gpu_names(config: ClusterConfig) -> list[str]:
    """List this machine's CUDA devices to use, each as CUDA_VISIBLE_DEVICES wants it.

    Empty: tasks compute on CPUs, or on whatever other machines have.

    Raises:
        ConfigError: a device was asked for that is not there.
    """
    if config.remote:
        return []
    if config.device == "cpu":
        return [str(number) for number in config.gpus or ()]
    if pick_device(config.device) == "cpu":
        if config.gpus is not None:
            raise ConfigError(
                f"cluster.gpus = {list(config.gpus)}, but torch finds no CUDA device here; leave --gpus away, or set"
                ' cluster.device = "cpu" to rehearse'
            )
        return []
    import torch

    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    count = torch.cuda.device_count()
    # CUDA goes by the names up to the first that it does not know.
    names = [name.strip() for name in visible.split(",")][:count] if visible else [str(n) for n in range(count)]
    for number in config.gpus or ():
        if number >= len(names):
            raise ConfigError(f"cluster.gpus names GPU {number}, but only {len(names)} are visible here")
    return names if config.gpus is None else [names[number] for number in config.gpus]


def worker_layout(config: ClusterConfig, workers: int) -> dict[str, dict[str, Any]]:
    """Describe the worker processes of this machine.

    Without GPUs: `workers` processes of one thread each. With GPUs: `per_gpu` processes for each, which train and
    infer, and `workers` processes that pre-segment ahead of them.
    """
    gpus = gpu_names(config)
    layout = {
        f"gpu-{name}-{share}": _nanny({"GPU": 1}, {"CUDA_VISIBLE_DEVICES": name})
        for name in gpus
        for share in range(config.per_gpu or 1)
    }
    offer = {"CPU": 1} if gpus else {}
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if gpus else {}
    for number in range(workers):
        layout[f"cpu-{number}"] = _nanny(offer, hidden)
    return layout


def _nanny(resources: dict[str, int], environment: dict[str, str]) -> dict[str, Any]:
    # Dask gives a worker one arithmetic thread; tasks that want more say so.
    options = {
        "nthreads": 1,
        "memory_limit": 0,
        "resources": resources,
        "env": environment,
        "host": _HERE,
        **_NO_DASHBOARD,
        "silence_logs": _SILENT,
    }
    return {"cls": Nanny, "options": options}


@contextmanager
def _local(nannies: dict[str, dict[str, Any]]) -> Iterator[Place]:
    cluster = _start(nannies)
    try:
        with Client(cluster) as client:
            yield Place(client, len(nannies), lambda: client.loop.add_callback(_heal, cluster, len(nannies)))
    except (KeyboardInterrupt, SystemExit):
        # Now means now: a worker would first end its tile.
        _kill_workers()
        raise
    finally:
        # On a machine that is overloaded a worker may not answer in time; it ends with this process.
        with suppress(TimeoutError, OSError):
            cluster.close(timeout=_CLOSE_S)


def _heal(cluster: SpecCluster, workers: int) -> None:
    """Start the workers that are not there: Dask starts one again that has died, but not one that dies of that."""
    for name, nanny in list(cluster.workers.items()):
        if nanny.status in {Status.failed, Status.closed}:
            del cluster.workers[name]
    cluster.scale(workers)


def _start(nannies: dict[str, dict[str, Any]]) -> SpecCluster:
    scheduler = {"cls": Scheduler, "options": {"host": _HERE, "port": 0, **_NO_DASHBOARD}}
    for _ in range(_TRIES):
        # Workers, those that come for dead ones too, are started by a thread that is started here, and have its mask.
        with without_interrupts(), suppress(RuntimeError, OSError, TimeoutError):
            return SpecCluster(workers=nannies, scheduler=scheduler, silence_logs=_SILENT)
        time.sleep(_PAUSE_S)
    raise WorkerError(
        f"cluster.workers: {len(nannies)} worker processes died while they were started, {_TRIES} times; end other"
        " programs, or set cluster.workers lower"
    )


def _kill_workers() -> None:
    for process in multiprocessing.active_children():
        process.kill()


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        client = Client(address, timeout=_CONNECT_S)
    except (OSError, ValueError, TimeoutError) as error:
        raise WorkerError(f"cluster.scheduler = {address}: no scheduler answers there ({error})") from None
    with client:
        yield client
