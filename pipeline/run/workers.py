"""How many workers a scene gets: as many as there are cores for, as long as memory does."""

from collections.abc import Sequence

from pipeline.cluster import has_own_workers
from pipeline.config import ClusterConfig, Config
from pipeline.errors import ResourceError
from pipeline.run.machine import available_memory, cores
from pipeline.run.memory import MemoryPlan
from pipeline.run.plan import ScenePlan
from pipeline.run.scenes import Scene

# A GPU's worker is kept busy by two that pre-segment (docs/performance.md).
CORES_PER_SHARE = 3
# Each has a context of its own in the GPU's memory, of half a gigabyte or so.
MOST_SHARES = 4


def share_gpus(config: Config, memory: MemoryPlan, gpus: int) -> int | None:
    """Choose how many workers each of so many GPUs gets; None: none is used by workers of this machine.

    Args:
        config: what the user wants.
        memory: of one worker and of all.
        gpus: that are used.
    """
    cluster = config.cluster
    if cluster.per_gpu is not None or not gpus or not has_own_workers(cluster):
        return cluster.per_gpu
    share = max(1, min(cores() // (CORES_PER_SHARE * gpus), MOST_SHARES)) if config.train.scope == "shared" else 1
    budget = memory_budget(cluster)
    while share > 1 and memory.total(gpus * share + (cluster.workers or 1)) > budget:
        share -= 1
    return share


def choose_workers(scene: Scene, config: Config, memory: MemoryPlan, tiles: int, gpus: int) -> int:
    """Choose the number of CPU workers.

    Args:
        scene: named where its memory does not do.
        config: what the user wants.
        memory: of one worker and of all.
        tiles: of the scene.
        gpus: workers for GPUs, which come on top.

    Raises:
        ResourceError: not even the fewest workers fit; names the setting to change.
    """
    cluster = config.cluster
    if cluster.remote:
        return 0
    budget = memory_budget(cluster)
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


def crew_for(plans: Sequence[ScenePlan]) -> tuple[ClusterConfig, int]:
    """Return the cluster that several scenes share, and its number of CPU workers: memory does for each of the scenes.

    Scenes overlap, so there is work for all cores where one has little.
    """
    first, most = plans[0].config.cluster, max(plan.workers for plan in plans)
    shares = [plan.config.cluster.per_gpu for plan in plans]
    cluster = first.model_copy(update={"per_gpu": min((share for share in shares if share is not None), default=None)})
    if len(plans) == 1 or not most or cluster.workers is not None:
        return cluster, most
    if any(plan.gpus for plan in plans):
        return cluster, min(plan.workers for plan in plans)
    budget, fitting = memory_budget(cluster), max(most, cores())
    while fitting > 1 and any(plan.memory.total(fitting) > budget for plan in plans):
        fitting -= 1
    return cluster, fitting


def memory_budget(cluster: ClusterConfig) -> int:
    """Return the bytes of memory that a run may use."""
    return available_memory() if cluster.memory is None else int(cluster.memory * 1e9)


def _mend(config: Config, memory: MemoryPlan, workers: int) -> str:
    if workers > 1:
        return f"set cluster.workers below {workers}"
    if (config.cluster.per_gpu or 1) > 1 and has_own_workers(config.cluster):
        return f"set cluster.per_gpu below {config.cluster.per_gpu}"
    if memory.prior > memory.tile:
        return f"set train.patch (now {config.train.patch}) or train.batch (now {config.train.batch}) lower"
    if config.train.scope == "independent" and config.train.patch == 0:
        return f"set tiles.size (now {config.tiles.size}) lower, or train.patch to 128"
    return f"set tiles.size (now {config.tiles.size}) lower"
