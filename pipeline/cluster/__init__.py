"""Where tasks run: in this process, on this machine's cores and GPUs, on a running scheduler, or under Slurm."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from pipeline.cluster.executor import Executor, InProcess, Stage, Stop
from pipeline.config import ClusterConfig

__all__ = ["Executor", "InProcess", "Stage", "Stop", "gpu_workers", "has_own_workers", "open_cluster"]


@contextmanager
def open_cluster(config: ClusterConfig, workers: int, stop: Stop | None = None) -> Iterator[Executor]:
    """Start, or connect to, what the configuration asks for.

    Args:
        config: of workers, devices and the scheduler.
        workers: number for a local cluster.
        stop: set when the run is to stop; None: it never is.

    Raises:
        WorkerError: no worker came, or the scheduler cannot be reached.
        ConfigError: GPUs were asked for that are not there.
    """
    if workers == 0 and not config.remote:
        yield InProcess(stop)
        return
    # Importing distributed takes a second; a run in this process does without.
    from pipeline.cluster.dask import DaskExecutor
    from pipeline.cluster.places import place

    with place(config, workers) as found:
        yield DaskExecutor(found, config.retries, stop or Event())


def has_own_workers(config: ClusterConfig) -> bool:
    """Tell whether the configuration asks for workers on this machine, that this program starts."""
    return config.workers != 0 and not config.remote


def gpu_workers(config: ClusterConfig, gpus: int) -> int:
    """Return how many workers of this machine have one of so many GPUs, or share it."""
    return gpus * (config.per_gpu or 1) if has_own_workers(config) else 0
