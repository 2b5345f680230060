"""What is decided of several scenes, before work begins; those that share a prior are planned together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.box import Box
from pipeline.config import Config
from pipeline.errors import AerialsegError, InputError
from pipeline.raster.mosaic import members, mosaic
from pipeline.raster.scratch import scratch_bytes
from pipeline.raster.source import Piece, Source
from pipeline.run.checks import check_disk
from pipeline.run.completed import check_lacks, completed
from pipeline.run.fingerprint import dataset_fingerprint, result_identity
from pipeline.run.groups import Group, find_groups
from pipeline.run.machine import used_disk
from pipeline.run.opening import open_scene
from pipeline.run.options import Options
from pipeline.run.plan import Membership, ScenePlan
from pipeline.run.planning import RECORD_BYTES, grid_of, plan_source, work_root
from pipeline.run.scenes import Scene
from pipeline.store.work import Work

Opened = tuple[Scene, Source]


@dataclass(frozen=True)
class DatasetPlan:
    """What is to be done with several scenes."""

    plans: tuple[ScenePlan, ...]
    """Where scenes share a prior, in the order of their files' paths."""

    refused: Mapping[str, AerialsegError]
    """By name, the scenes that cannot be segmented, and why."""

    groups: tuple[Group, ...] = ()
    """Scenes that touch or overlap, as indices of `plans`, where scenes share a prior."""

    work: Path | None = None
    """Holds the prior and the records of all groups; None: scenes have nothing in common."""

    @property
    def work_bytes(self) -> int:
        """Disk of intermediate files at most: the records of all tiles, and both rasters of the largest scene."""
        records = {(plan.work.root, tile.name): tile.read.pixels for plan in self.plans for tile in plan.grid}
        rasters = (2 * scratch_bytes(plan.grid.shape, 1) for plan in self.plans)
        return sum(records.values()) * RECORD_BYTES + max(rasters, default=0)


def plan_dataset(scenes: Sequence[Scene], config: Config, options: Options, versions: dict[str, str]) -> DatasetPlan:
    """Open all headers and decide everything; nothing is written. The order of the scenes does not matter.

    Raises:
        InputError: two scenes cannot share a prior.
        ResourceError: the disk would not do.
    """
    refused: dict[str, AerialsegError] = {}
    opened: list[Opened] = []
    for scene in scenes:
        try:
            opened.append((scene, open_scene(scene, config, options.window, options.bounds)))
        except AerialsegError as error:
            refused[scene.name] = error
    opened.sort(key=lambda pair: pair[1].path)
    _check_alike(opened)
    while True:
        found, more = _plan_alike(opened, config, options, versions)
        if not more:
            break
        # Without them the others are another data set.
        refused |= more
        opened = [(scene, source) for scene, source in opened if scene.name not in more]
    # One that is refused for want of room would make the others another data set, and all that is done for nothing.
    for plan in found.plans:
        check_lacks(plan, fresh=options.fresh)
    if any(options.fresh or completed(plan) is None for plan in found.plans):
        root = found.plans[0].prior_work.root
        check_disk(root, found.work_bytes - used_disk(root), "--work")
    return replace(found, refused=refused)


def _plan_alike(
    opened: Sequence[Opened], config: Config, options: Options, versions: dict[str, str]
) -> tuple[DatasetPlan, dict[str, AerialsegError]]:
    """Plan scenes that can share a prior; also return those that cannot be segmented, and why."""
    sources = [source for _, source in opened]
    mark = dataset_fingerprint(result_identity(config, versions), sources)
    work = work_root(options.out, options, "dataset", mark)
    groups = tuple(find_groups([source.spec for source in sources]))
    wholes = tuple(
        mosaic([Piece(box, sources[member]) for member, box in zip(group.members, group.boxes, strict=True)])
        for group in groups
    )
    paths = tuple(source.path for source in sources)
    plans: dict[int, ScenePlan] = {}
    refused: dict[str, AerialsegError] = {}
    for number, (group, whole) in enumerate(zip(groups, wholes, strict=True)):
        membership = Membership(
            fingerprint=mark,
            scenes=paths,
            trained_over=wholes,
            prior=Work(work),
            tiles=Work(work / f"group-{number:05d}"),
            longest=max(max(box.shape) for box in group.boxes),
        )
        reaches = [_reach(box, group, config) for box in group.boxes]
        for member, source in zip(group.members, members(whole, reaches), strict=True):
            scene = opened[member][0]
            try:
                plans[member] = plan_source(scene, source, config, options, versions, membership=membership)
            except AerialsegError as error:
                refused[scene.name] = error
    return DatasetPlan(tuple(plans[member] for member in sorted(plans)), {}, groups, work), refused


def _reach(box: Box, group: Group, config: Config) -> Box:
    """Return all of a group that is read for one of its scenes."""
    around = Box(0, 0, *group.shape).shifted(-box.top, -box.left)
    return grid_of(box.shape, config.tiles, around).reach.shifted(box.top, box.left)


def _check_alike(opened: Sequence[Opened]) -> None:
    """Refuse scenes that one network and one scaling cannot serve."""
    for scene, source in opened[1:]:
        first, model = opened[0]
        for one, other in zip(_traits(model), _traits(source), strict=True):
            if one != other:
                raise InputError(
                    f'{first.path} and {scene.path} cannot share a prior (prior.over = "dataset"): the first has'
                    f" {one}, the second {other}; run them apart, or make them alike"
                )


def _traits(source: Source) -> tuple[str, ...]:
    channels = "1 channel" if source.channels == 1 else f"{source.channels} channels"
    return (
        "a palette" if source.palette is not None else "no palette",
        channels,
        f"bands {', '.join(map(str, source.bands))}",
        f"pixels of type {source.spec.dtype}",
        "values of any range" if source.value_range is None else f"values up to {source.value_range[1]:g}",
    )
