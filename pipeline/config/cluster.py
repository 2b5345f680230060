"""Where tasks run."""

from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from pipeline.config.section import Section


class SlurmConfig(Section):
    """Jobs for Slurm, started by dask-jobqueue (install the extra `slurm`)."""

    jobs: PositiveInt = 1
    """Number of jobs, each with one worker."""

    cores: PositiveInt = 2
    """Cores per job."""

    memory: str = "8GB"
    """Memory per job, with its unit."""

    walltime: str = "01:00:00"
    """Time limit per job."""

    queue: str | None = None
    """Partition; unset: the site's default."""

    account: str | None = None
    """Account to charge; unset: the site's default."""

    gpus: NonNegativeInt = 0
    """GPUs per job (0 or 1): a job with one offers the resource GPU."""

    directives: tuple[str, ...] = ()
    """Further lines for the job script, each as after `#SBATCH`."""


class ClusterConfig(Section):
    """Workers, devices and the scheduler."""

    workers: NonNegativeInt | None = None
    """Worker processes; 0: everything in this process, without Dask; unset: one per core, fewer where memory is
    short."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    """What networks run on; auto: CUDA where there is one."""

    gpus: tuple[NonNegativeInt, ...] | None = Field(default=None, min_length=1)
    """CUDA devices to use, counted within CUDA_VISIBLE_DEVICES; unset: all of them. Together with device = "cpu" the
    same layout of workers is built without any GPU, to rehearse it."""

    per_gpu: PositiveInt | None = None
    """Worker processes that share a GPU; unset: where tiles are labelled by the scene's network, one for every three
    cores that there are for each GPU, at most four, since such a worker's time goes into reading, context and votes,
    which its one core does; else one."""

    scheduler: str | None = None
    """Address of a running Dask scheduler, whose workers reach the files by the same paths."""

    slurm: SlurmConfig | None = None
    """Start workers as Slurm jobs."""

    retries: NonNegativeInt = 2
    """How often a task whose worker died is tried again."""

    memory: PositiveFloat | None = None
    """Memory that the run may use, in GB; unset: what the machine has available."""

    @property
    def remote(self) -> bool:
        """Whether the workers are not of this machine: a scheduler's, or Slurm's."""
        return self.scheduler is not None or self.slurm is not None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.scheduler is not None and self.slurm is not None:
            msg = "scheduler and slurm exclude each other; keep one"
            raise ValueError(msg)
        if self.gpus is not None and len(set(self.gpus)) != len(self.gpus):
            msg = f"gpus names a device twice: {list(self.gpus)}"
            raise ValueError(msg)
        return self
