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

Pair = tuple[Tile, Tile]

_LOOK_S = 0.2
# For every worker, so that none waits long for another's last one.
_RUNS = 4
# Pairs: some .2 s of work.
_LONGEST = 16


class Linking:
    """Finds what every two neighbours of a scene's tiles have in common."""

    def __init__(self, plan: ScenePlan, executor: Executor) -> None:
        self._plan, self._executor = plan, executor
        self._pairs = list(plan.grid.neighbours())
        self._done: dict[LinkJob, float] = {}
        self._begun, self._ended = list[Future[None]](), Event()

    def begin(self, labelled: Collection[Tile]) -> None:
        """Have workers link tiles that are labelled already, unless they are at it; nothing is done in this process."""
        if not self._begun and self._executor.elsewhere:
            pairs = [pair for pair in self._pairs if pair[0] in labelled and pair[1] in labelled]
            self._begun.append(in_background(lambda: self._link(pairs)))

    def finish(self) -> None:
        """Link all that are not yet linked, once all tiles are labelled.

        Raises:
            AerialsegError: a pair cannot be linked.
        """
        with progress(self._plan.scene.name, "links", len(self._pairs), "pairs") as advance:
            shown = 0
            while wait(self._begun, timeout=_LOOK_S).not_done:
                advance(len(self._linked) - shown)
                shown = len(self._linked)
            advance(len(self._linked) - shown)
            for begun in self._begun:
                begun.result()
            linked = self._linked
            self._link([pair for pair in self._pairs if pair not in linked], advance)
        # Of the workers together, while those of the phase are of the clock.
        seconds = round(sum(self._done.values()), 3)
        tell("links", scene=self._plan.scene.name, pairs=len(self._pairs), seconds=seconds)

    def settle(self) -> None:
        """Begin no more, and wait for what was begun, however it ends."""
        self._ended.set()
        wait(self._begun)

    @property
    def _linked(self) -> set[Pair]:
        return {pair for job in list(self._done) for pair in job.pairs}

    def _link(self, pairs: Sequence[Pair], advance: Callable[[float], None] = lambda _: None) -> None:
        jobs = [LinkJob(some, self._plan.work, self._plan.mark) for some in _shared_out(pairs, self._plan.workers)]
        for job, seconds in self._executor.map([Stage(link_tiles)], jobs, self._plan.work.root):
            self._done[job] = seconds
            advance(len(job.pairs))
            if self._ended.is_set():
                break


def _shared_out(pairs: Sequence[Pair], workers: int) -> list[tuple[Pair, ...]]:
    """Cut pairs into runs: long ones, in which tiles that come again are read once, but some for every worker."""
    length = min(max(len(pairs) // (_RUNS * max(workers, 1)), 1), _LONGEST)
    return [tuple(pairs[start : start + length]) for start in range(0, len(pairs), length)]


@contextmanager
def linking(plan: ScenePlan, executor: Executor) -> Iterator[Linking]:
    """Give what links a scene's tiles; whatever happens, no link is being found any more when the block ends."""
    found = Linking(plan, executor)
    try:
        yield found
    finally:
        found.settle()
