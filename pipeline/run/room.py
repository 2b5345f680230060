"""Room for scenes beside one another: priors at a time by memory, scenes under way by disk."""

from collections.abc import Sequence

from pipeline.run.machine import free_disk, used_disk
from pipeline.run.plan import ScenePlan
from pipeline.run.workers import memory_budget

# Scenes whose prior is trained ahead; each is locked from then on.
_MOST_AHEAD = 4


def priors_at_a_time(plan: ScenePlan, workers: int) -> int:
    """Return how many workers may train a prior at a time, which is one task: as many as memory lets, but a few.

    A training has a GPU for itself.
    """
    budget, count = memory_budget(plan.config.cluster), min(len(plan.gpus) or workers or 1, _MOST_AHEAD)
    while count > 1 and plan.memory.total(workers + plan.gpu_workers, count) > budget:
        count -= 1
    return count


def room_for(plan: ScenePlan, others: Sequence[ScenePlan]) -> bool:
    """Tell whether the disk has room for a scene's work beside that of others, who may have most of theirs already."""
    if plan.membership is not None:
        # There is room for all that they share.
        return True
    free = free_disk(plan.work.root)
    need = plan.work_bytes + sum(one.work_bytes + one.out_bytes for one in others)
    return need <= free or need - sum(used_disk(one.work.root) for one in others) <= free
