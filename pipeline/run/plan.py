"""What a run would do, and whether it can: tiles, workers, memory, disk."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.cluster.places import gpu_names
from pipeline.config import Config
from pipeline.errors import ConfigError, InputError, ResourceError
from pipeline.grid import Box, Grid
from pipeline.raster.open import open_source
from pipeline.raster.source import Source
from pipeline.raster.writer import scratch_bytes
from pipeline.run.checks import check_blocks, check_disk, check_halo, check_out
from pipeline.run.fingerprint import fingerprint, result_identity, run_fingerprint
from pipeline.run.machine import available_memory, cores
from pipeline.run.memory import MemoryPlan, plan_memory
from pipeline.run.scenes import Scene
from pipeline.store.prior import load_prior
from pipeline.store.work import Work

# Measured: compressed segments, votes and tables of a tile take under one byte a pixel; twice that for safety.
_RECORD_BYTES = 2


@dataclass(frozen=True)
class Options:
    """What a command line adds to the configuration."""

    out: Path = Path("out")
    work: Path | None = None
    """Folder for work directories; None: in each scene's output folder."""

    keep_work: bool = False
    window: Box | None = None
    """Part of the scene, in pixels."""

    bounds: tuple[float, float, float, float] | None = None
    """Part of the scene: left, bottom, right, top in the units of its CRS."""


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

    @property
    def thumbnail_step(self) -> int:
        """How many pixels of the scene make one of the preview."""
        return -(-max(self.grid.shape) // self.config.output.preview)

    @property
    def tags(self) -> dict[str, str]:
        """Provenance for the rasters' dataset tags; nothing in it depends on when or where the run was."""
        return {
            "TIFFTAG_SOFTWARE": f"aerialseg {self.identity['versions']['aerialseg']}",
            "AERIALSEG_CONFIG": self.config_fingerprint,
            "AERIALSEG_SEED": str(self.config.seed),
            "AERIALSEG_SCOPE": self.config.train.scope,
            "AERIALSEG_INPUT": self.scene.path.rsplit("/", 1)[-1],
        }

    @property
    def memory_total(self) -> int:
        """Bytes of all processes on this machine together."""
        return self.memory.total(self.workers + len(self.gpus))


def plan_scene(scene: Scene, config: Config, options: Options, versions: dict[str, str]) -> ScenePlan:
    """Open the scene's header and decide everything; nothing is written.

    Raises:
        InputError: the scene or the prior cannot be used.
        ConfigError: settings that cannot work together.
        ResourceError: memory or disk would not do; names the setting to change.
        OutputError: the output folder cannot be one.
    """
    input_config, prior = config.input, None
    if config.prior is not None:
        prior = load_prior(config.prior).meaning
        if not config.train.has_prior:
            raise ConfigError(
                f'prior = {config.prior}: scope "independent" uses none; set train.scope to "shared" or "adapt"'
            )
        if input_config.bands is not None and input_config.bands != prior.bands:
            raise ConfigError(
                f"input.bands = {list(input_config.bands)}, but {config.prior} was trained on {list(prior.bands)};"
                " leave input.bands unset"
            )
        input_config = input_config.model_copy(update={"bands": prior.bands})
    source = open_source(scene.path, input_config, options.window, options.bounds)
    if prior is not None and source.channels != prior.channels:
        raise InputError(
            f"{scene.path}: has {source.channels} channels, the prior {config.prior} {prior.channels};"
            " choose another prior, or input.bands"
        )
    check_blocks(scene, source)
    grid = Grid(source.spec.shape, config.tiles.size, config.tiles.halo, config.tiles.offset)
    check_halo(config, source.channels)
    identity = result_identity(config, versions)
    name = run_fingerprint(identity, source)
    out = options.out / scene.name
    check_out(out, scene)
    root = out / f".work-{name[:12]}" if options.work is None else options.work / f"{scene.name}-{name[:12]}"
    memory = plan_memory(
        config,
        grid.largest_read,
        source.channels,
        prior=config.train.has_prior and not prior,
        block_bytes=source.spec.block_bytes,
    )
    gpus = tuple(gpu_names(config.cluster))
    plan = ScenePlan(
        scene=scene,
        source=source,
        config=config,
        grid=grid,
        out=out,
        work=Work(root),
        keep_work=options.keep_work,
        workers=_workers(scene, config, memory, len(grid), len(gpus)),
        gpus=gpus,
        memory=memory,
        work_bytes=sum(tile.read.pixels for tile in grid) * _RECORD_BYTES + scratch_bytes(grid.shape, 1),
        out_bytes=math.prod(grid.shape),
        identity=identity,
        config_fingerprint=fingerprint(identity),
        fingerprint=name,
    )
    check_disk(plan.work.root, plan.work_bytes, "--work")
    check_disk(plan.out, plan.out_bytes, "--out")
    return plan


def _workers(scene: Scene, config: Config, memory: MemoryPlan, tiles: int, gpus: int) -> int:
    """Choose the number of CPU workers; refuse what does not fit."""
    cluster = config.cluster
    if cluster.scheduler is not None or cluster.slurm is not None:
        return 0
    budget = available_memory() if cluster.memory is None else int(cluster.memory * 1e9)
    if cluster.workers is not None:
        wanted = cluster.workers
    else:
        wanted = max(1, cores() - gpus) if gpus else max(1, min(cores(), tiles))
    fitting = wanted
    while fitting > 1 and cluster.workers is None and memory.total(fitting + gpus) > budget:
        fitting -= 1
    need = memory.total(fitting + gpus)
    if need > budget:
        raise ResourceError(
            f"{scene.path}: needs about {need / 1e9:.1f} GB of memory and {budget / 1e9:.1f} GB are available;"
            f" {_mend(config, memory, fitting)}"
        )
    return fitting


def _mend(config: Config, memory: MemoryPlan, workers: int) -> str:
    if workers > 1:
        return f"set cluster.workers below {workers}"
    if memory.prior > memory.tile:
        return f"set train.patch (now {config.train.patch}) or train.batch (now {config.train.batch}) lower"
    if config.train.scope == "independent" and config.train.patch == 0:
        return f"set tiles.size (now {config.tiles.size}) lower, or train.patch to 128"
    return f"set tiles.size (now {config.tiles.size}) lower"
