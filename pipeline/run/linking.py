"""Links between neighbouring tiles: most are found while the last tiles are labelled, by workers with none left."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Event

from pipeline.cluster import Executor, Stage
from pipeline.events import tell
from pipeline.grid import Tile
from pipeline.jobs import LinkJob
from pipeline.run.background import in_background
from pipeline.run.plan import ScenePlan
from pipeline.run.progress import progress
from pipeline.tasks import link_tiles

_LOOK_S = 0.2


class Linking:
    """Finds what every two neighbours of a scene's tiles have in common."""

    def __init__(self, plan: ScenePlan, executor: Executor) -> None:
        self._plan, self._executor = plan, executor
        self._jobs = [LinkJob(first, second, plan.work, plan.mark) for first, second in plan.grid.neighbours()]
        self._done: dict[LinkJob, float] = {}
        self._begun, self._ended = list[Future[None]](), Event()

    def begin(self, labelled: Collection[Tile]) -> None:
        """Have workers link tiles that are labelled already, unless they are at it; nothing is done in this process."""
        if not self._begun and self._executor.elsewhere:
            jobs = [job for job in self._jobs if job.first in labelled and job.second in labelled]
            self._begun.append(in_background(lambda: self._link(jobs)))

    def finish(self) -> None:
        """Link all that are not yet linked, once all tiles are labelled.

        Raises:
            AerialsegError: a pair cannot be linked.
        """
        with progress(self._plan.scene.name, "links", len(self._jobs), "pairs") as advance:
            shown = 0
            while wait(self._begun, timeout=_LOOK_S).not_done:
                advance(len(self._done) - shown)
                shown = len(self._done)
            advance(len(self._done) - shown)
            for begun in self._begun:
                begun.result()
            self._link([job for job in self._jobs if job not in self._done], advance)
        # Of the workers together, while those of the phase are of the clock.
        seconds = round(sum(self._done.values()), 3)
        tell("links", scene=self._plan.scene.name, pairs=len(self._jobs), seconds=seconds)

    def settle(self) -> None:
        """Begin no more, and wait for what was begun, however it ends."""
        self._ended.set()
        wait(self._begun)

    def _link(self, jobs: Sequence[LinkJob], advance: Callable[[float], None] = lambda _: None) -> None:
        for job, seconds in self._executor.map([Stage(link_tiles)], jobs, self._plan.work.root):
            self._done[job] = seconds
            advance(1)
            if self._ended.is_set():
                break


@contextmanager
def linking(plan: ScenePlan, executor: Executor) -> Iterator[Linking]:
    """Give what links a scene's tiles; whatever happens, no link is being found any more when the block ends."""
    found = Linking(plan, executor)
    try:
        yield found
    finally:
        found.settle()
