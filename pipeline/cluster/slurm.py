"""Workers as Slurm jobs, by dask-jobqueue."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.config import SlurmConfig
from pipeline.errors import ConfigError


def slurm_options(config: SlurmConfig) -> dict[str, Any]:
    """Translate the settings into arguments of `dask_jobqueue.SLURMCluster`."""
    directives = list(config.directives)
    worker = []
    if config.gpus:
        directives.append(f"--gres=gpu:{config.gpus}")
        worker.append("--resources GPU=1")
    return {
        "cores": config.cores,
        # One process a job with as many threads as a task may use; tasks themselves run one at a time.
        "processes": 1,
        "memory": config.memory,
        "walltime": config.walltime,
        "queue": config.queue,
        "account": config.account,
        "job_extra_directives": directives,
        "worker_extra_args": ["--nthreads", "1", *worker],
    }


@contextmanager
def slurm_cluster(config: SlurmConfig) -> Iterator[Any]:
    """Start the jobs; they end with the block.

    Raises:
        ConfigError: the extra is not installed, or Slurm is not there.
    """
    try:
        from dask_jobqueue.slurm import SLURMCluster
    except ImportError:
        raise ConfigError(
            "cluster.slurm needs dask-jobqueue; install it with: pip install 'aerialseg[slurm]'"
        ) from None
    if shutil.which("sbatch") is None:
        raise ConfigError("cluster.slurm: there is no sbatch on this machine; run this where jobs are submitted from")
    with SLURMCluster(**slurm_options(config)) as cluster:
        cluster.scale(jobs=config.jobs)
        yield cluster
