"""Scenes in a row: while one is joined and written here, workers label the next, and train priors of those after it.

One scene is written and one is labelled at a time, so memory is that of one scene, as planned. Where everything is done
in this process it is one scene after the other.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from typing import Self

from pipeline.cluster import Executor
from pipeline.errors import StoppedError
from pipeline.run.begun import Begun, at_once, in_background
from pipeline.run.machine import free_disk, used_disk
from pipeline.run.plan import ScenePlan
from pipeline.run.scene import Steps
from pipeline.run.workers import memory_budget

Start = Callable[[ScenePlan, Executor], Steps]
OnBegin = Callable[[ScenePlan], None]

# Scenes whose prior is trained ahead; each is locked from then on.
_MOST_AHEAD = 4
# How long those who work on a scene have for noticing that the cluster is gone.
_PATIENCE_S = 10.0


class Halt(threading.Event):
    """Set when these scenes are to be left, or when the whole run is to stop."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__()
        self._run = stop

    def is_set(self) -> bool:
        """Tell whether either is so."""
        return super().is_set() or self._run.is_set()


class Flow:
    """The scenes of a pass. As a context it leaves no scene half begun: its locks are free and its log says so."""

    def __init__(
        self, plans: Sequence[ScenePlan], workers: int, stop: threading.Event, start: Start, on_begin: OnBegin
    ) -> None:
        """Begin nothing yet.

        Args:
            plans: of the scenes, in order.
            workers: CPU workers that they have in common.
            stop: set when the run is to stop.
            start: gives a scene's steps.
            on_begin: told of each scene before its tiles are begun.
        """
        self.halt = Halt(stop)
        self._plans, self._start, self._on_begin = plans, start, on_begin
        # While no worker has taken memory yet.
        self._ahead = min(priors_at_a_time(plan, workers) for plan in plans)
        self._begun: dict[int, Begun] = {}
        self._working: list[Future[None]] = []

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Give up what is not done; the cluster is closed by now, so that nobody works on it for long."""
        wait(self._working, timeout=_PATIENCE_S)
        for one in self.left:
            one.drop(StoppedError())

    @property
    def left(self) -> list[Begun]:
        """Scenes that were begun, and have not come to a good end."""
        return [one for one in self._begun.values() if one.result is None]

    @contextmanager
    def through(self, executor: Executor) -> Iterator[Iterator[Begun]]:
        """Give the scenes in order, each labelled, or failed at that, and with its last step still to be done.

        When the block ends, nothing more is begun, and tasks that run come to their end; unless the program is to end.
        """
        try:
            yield self._scenes(executor)
        except (KeyboardInterrupt, SystemExit):
            self.halt.set()
            raise
        except BaseException:
            self._end()
            raise
        self._end()

    def _end(self) -> None:
        self.halt.set()
        wait(self._working)

    def _scenes(self, executor: Executor) -> Iterator[Begun]:
        labelled = self._begin_labels(0, executor)
        for number, following in enumerate([*range(1, len(self._plans)), None]):
            wait([labelled])
            if number not in self._begun:
                raise StoppedError
            one = self._begun[number]
            one.labelled = labelled
            # Whether a failure ends the pass is for others to say, before more is begun.
            early = labelled.exception() is None and self._may_overlap(following, executor)
            if following is not None and early:
                labelled = self._begin_labels(following, executor)
            yield one
            del self._begun[number]
            if following is not None and not early:
                labelled = self._begin_labels(following, executor)

    def _begin_labels(self, number: int, executor: Executor) -> Future[None]:
        if not self.halt.is_set():
            self._on_begin(self._plans[number])
        return self._work(lambda: self._label(number, executor), executor)

    def _label(self, number: int, executor: Executor) -> None:
        if self.halt.is_set():
            raise StoppedError
        one, ahead = self._prepare(number, executor), self._ahead
        if one.plan.membership is None:
            # Where there is one prior for all, this very one is to be there first.
            self._prepare_up_to(number + ahead - 1, executor)
        one.prepared.result()
        self._prepare_up_to(number + ahead, executor)
        one.advance()

    def _prepare_up_to(self, last: int, executor: Executor) -> None:
        for number in range(min(self._begun), last + 1):
            if number in self._begun or self._may_overlap(number, executor):
                self._prepare(number, executor)
            else:
                break

    def _prepare(self, number: int, executor: Executor) -> Begun:
        if number not in self._begun:
            plan = self._plans[number]
            one = Begun(plan, self._start(plan, executor))
            self._begun[number] = one
            one.prepared = self._work(one.advance, executor)
        return self._begun[number]

    def _may_overlap(self, number: int | None, executor: Executor) -> bool:
        """Tell whether there is such a scene, and workers and disk to begin it beside those under way."""
        if number is None or number >= len(self._plans) or not executor.elsewhere:
            return False
        return room_for(self._plans[number], [one.plan for key, one in self._begun.copy().items() if key != number])

    def _work(self, function: Callable[[], None], executor: Executor) -> Future[None]:
        future = in_background(function) if executor.elsewhere else at_once(function)
        self._working = [*(one for one in self._working if not one.done()), future]
        return future


def priors_at_a_time(plan: ScenePlan, workers: int) -> int:
    """Return how many workers may train a prior at a time, which is one task: as many as memory lets, but a few."""
    budget, count = memory_budget(plan.config.cluster), min(len(plan.gpus) or workers or 1, _MOST_AHEAD)
    while count > 1 and plan.memory.total(workers + len(plan.gpus), count) > budget:
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
