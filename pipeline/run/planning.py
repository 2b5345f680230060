"""What a run would do, and whether it can: tiles, workers, memory, disk."""

import math
from dataclasses import replace
from pathlib import Path

from pipeline.box import Box
from pipeline.cluster import gpu_workers
from pipeline.cluster.places import gpu_names
from pipeline.config import Config, TilesConfig
from pipeline.errors import AerialsegError, ResourceError
from pipeline.export.catalogue import find_products
from pipeline.grid import Grid
from pipeline.raster.dataset import CACHE_BYTES, cache_for
from pipeline.raster.scratch import scratch_bytes
from pipeline.raster.source import Source
from pipeline.run.checks import check_disk, check_halo, check_out, check_writable
from pipeline.run.fingerprint import fingerprint, result_identity, run_fingerprint
from pipeline.run.machine import used_disk
from pipeline.run.memory import plan_memory
from pipeline.run.objects import check_objects, plan_objects
from pipeline.run.opening import open_scene
from pipeline.run.options import Options
from pipeline.run.plan import Membership, ScenePlan
from pipeline.run.scenes import Scene
from pipeline.run.workers import choose_workers, share_gpus
from pipeline.store.work import Work

RECORD_BYTES = 2
"""Disk of a tile's record per pixel of its read box; measured: compressed segments, votes and tables take under one."""


def plan_scene(scene: Scene, config: Config, options: Options, versions: dict[str, str]) -> ScenePlan:
    """Open the scene's header and decide everything; nothing is written.

    Raises:
        InputError: the scene or the prior cannot be used.
        ConfigError: settings that cannot work together.
        ResourceError: memory or disk would not do; names the setting to change.
        OutputError: the output folder cannot be one.
    """
    source = open_scene(scene, config, options.window, options.bounds)
    plan = plan_source(scene, source, config, options, versions)
    if plan.lacks is not None:
        raise plan.lacks
    return plan


def plan_source(
    scene: Scene,
    source: Source,
    config: Config,
    options: Options,
    versions: dict[str, str],
    *,
    membership: Membership | None = None,
) -> ScenePlan:
    """Decide everything about a scene that is open; see `plan_scene`, but what the machine lacks is not raised."""
    grid = grid_of(source.spec.shape, config.tiles, source.around)
    check_halo(config, source.channels)
    identity = result_identity(config, versions)
    name = run_fingerprint([identity, membership.fingerprint] if membership else identity, source)
    out = options.out / scene.name
    check_out(out, scene)
    objects = plan_objects(
        grid.shape, find_products(config.output.products), config.objects, simplified=config.output.simplify > 0
    )
    check_objects(scene.path, source.spec, config.objects, config.output)
    work = membership.tiles if membership else Work(work_root(out, options, scene.name, name))
    memory = plan_memory(
        config,
        grid.largest_read,
        source.channels,
        prior=config.train.has_prior and config.prior.file is None,
        decoded=_decoded(source, grid.largest_read),
        width=grid.shape[1],
        objects=objects.memory,
        surveys=objects.worker,
    )
    gpus, lacks = tuple(gpu_names(config.cluster)), None
    share = share_gpus(config, memory, len(gpus))
    config = config.model_copy(update={"cluster": config.cluster.model_copy(update={"per_gpu": share})})
    try:
        workers = choose_workers(scene, config, memory, len(grid), gpu_workers(config.cluster, len(gpus)))
    except ResourceError as error:
        workers, lacks = 0, error
    plan = ScenePlan(
        scene=scene,
        source=source,
        config=config,
        grid=grid,
        out=out,
        work=work,
        # What scenes have in common goes when all are done.
        keep_work=options.keep_work or membership is not None,
        workers=workers,
        gpus=gpus,
        memory=memory,
        work_bytes=sum(tile.read.pixels for tile in grid) * RECORD_BYTES + 2 * scratch_bytes(grid.shape, 1),
        out_bytes=2 * math.prod(grid.shape) + objects.disk,
        identity=identity,
        config_fingerprint=fingerprint(identity),
        fingerprint=name,
        membership=membership,
    )
    return replace(plan, lacks=lacks or _room_lacking(plan))


def _decoded(source: Source, box: Box) -> int:
    # GDAL decodes whole blocks, whatever part of one is read.
    return max(source.spec.block_bytes, cache_for(source.touched_bytes(box)) - CACHE_BYTES)


def _room_lacking(plan: ScenePlan) -> AerialsegError | None:
    try:
        check_writable(plan.work.root, "--work")
        check_writable(plan.out, "--out")
        # What is there already takes no more room.
        check_disk(plan.work.root, plan.work_bytes - used_disk(plan.work.root), "--work")
        check_disk(plan.out, plan.out_bytes, "--out")
    except AerialsegError as error:
        return error
    return None


def grid_of(shape: tuple[int, int], tiles: TilesConfig, around: Box | None) -> Grid:
    """Cut a scene into tiles; `around` is the mosaic that it lies in, in pixels of the scene."""
    return Grid(shape, tiles.size, tiles.halo, tiles.offset, around)


def work_root(out: Path, options: Options, name: str, mark: str) -> Path:
    """Name a work directory by the fingerprint of what is done in it."""
    return out / f".work-{mark[:12]}" if options.work is None else options.work / f"{name}-{mark[:12]}"
