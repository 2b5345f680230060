"""All that is decided of a scene before work on it begins."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.cluster import gpu_workers
from pipeline.config import Config
from pipeline.errors import AerialsegError
from pipeline.grid import Grid
from pipeline.raster.source import Source
from pipeline.run.memory import MemoryPlan
from pipeline.run.provenance import provenance
from pipeline.run.scenes import Scene
from pipeline.store.work import Work


@dataclass(frozen=True)
class Membership:
    """What a scene of a data set has in common with the others."""

    fingerprint: str
    """Of all scenes and settings."""

    scenes: tuple[str, ...]
    """Paths of all."""

    trained_over: tuple[Source, ...]
    """All scenes, those that touch or overlap put together."""

    prior: Work
    tiles: Work
    """Records of its group's tiles: scenes that share a tile share its record."""

    longest: int
    """Longest side of a scene of its group, in pixels."""


@dataclass(frozen=True)
class ScenePlan:
    """All that is decided before work on a scene begins."""

    scene: Scene
    source: Source
    config: Config
    grid: Grid
    out: Path
    work: Work
    keep_work: bool
    workers: int
    gpus: tuple[str, ...]
    memory: MemoryPlan
    work_bytes: int
    out_bytes: int
    identity: dict[str, Any] = field(repr=False)
    config_fingerprint: str
    fingerprint: str
    membership: Membership | None
    """None: the scene is segmented by itself."""

    lacks: AerialsegError | None = None
    """What the machine or its folders do not have for it at the moment; of no matter where it is done already."""

    @property
    def mark(self) -> str:
        """What records carry: the fingerprint of the run, or of all scenes that share them."""
        return self.membership.fingerprint if self.membership else self.fingerprint

    @property
    def prior_work(self) -> Work:
        """Where the prior is trained and kept."""
        return self.membership.prior if self.membership else self.work

    @property
    def scenes(self) -> tuple[str, ...]:
        """Paths of the scenes that share the prior."""
        return self.membership.scenes if self.membership else (self.scene.path,)

    @property
    def trained_over(self) -> tuple[Source, ...]:
        """What the prior is trained on a sample of."""
        return self.membership.trained_over if self.membership else (self.source,)

    @property
    def thumbnail_step(self) -> int:
        """How many pixels of the scene make one of the preview."""
        longest = self.membership.longest if self.membership else max(self.grid.shape)
        return -(-longest // self.config.output.preview)

    @property
    def tags(self) -> dict[str, str]:
        """Provenance for the rasters' dataset tags."""
        version = self.identity["versions"]["aerialseg"]
        return provenance(version, self.config_fingerprint, self.config, self.scene.path)

    @property
    def memory_total(self) -> int:
        """Bytes of all processes on this machine together."""
        return self.memory.total(self.workers + self.gpu_workers)

    @property
    def gpu_workers(self) -> int:
        """Worker processes of this machine that have a GPU, or share one."""
        return gpu_workers(self.config.cluster, len(self.gpus))
