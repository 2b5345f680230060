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
from pipeline.run.background import at_once, in_background
from pipeline.run.begun import Begun, drop_all
from pipeline.run.interrupts import Halt
from pipeline.run.plan import ScenePlan
from pipeline.run.room import priors_at_a_time, room_for
from pipeline.run.scene import Steps

Start = Callable[[ScenePlan, Executor], Steps]
OnBegin = Callable[[ScenePlan], None]

# How long those who work on a scene have for noticing that the cluster is gone.
_PATIENCE_S = 10.0


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
        # Of the two below, which the thread that labels changes as well; not held while anything is done or waited for.
        self._lock = threading.Lock()
        self._begun: dict[int, Begun] = {}
        self._working: list[Future[None]] = []

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        """Give up what is not done; the cluster is closed by now, so that nobody works on it for long."""
        self._settle(_PATIENCE_S)
        problems = drop_all(self.left)
        if problems and error is None:
            raise problems[0]

    @property
    def left(self) -> list[Begun]:
        """Scenes that were begun, and have not come to a good end."""
        with self._lock:
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
        self._settle()

    def _settle(self, patience: float | None = None) -> None:
        """Wait for all who work on a scene, and for whom they have begun meanwhile."""
        running: set[Future[None]] = set()
        while not running:
            with self._lock:
                working = [one for one in self._working if not one.done()]
            if not working:
                return
            running = wait(working, patience).not_done

    def _scenes(self, executor: Executor) -> Iterator[Begun]:
        labelled = self._begin_labels(0, executor)
        for number, following in enumerate([*range(1, len(self._plans)), None]):
            wait([labelled])
            with self._lock:
                one = self._begun.get(number)
            if one is None:
                raise StoppedError
            one.labelled = labelled
            # Whether a failure ends the pass is for others to say, before more is begun.
            early = labelled.exception() is None and self._may_overlap(following, executor)
            if following is not None and early:
                labelled = self._begin_labels(following, executor)
            yield one
            with self._lock:
                del self._begun[number]
            if following is not None and not early:
                labelled = self._begin_labels(following, executor)

    def _begin_labels(self, number: int, executor: Executor) -> Future[None]:
        if not self.halt.is_set():
            self._on_begin(self._plans[number])
        return self._work(lambda: self._label(number, executor), executor)

    def _label(self, number: int, executor: Executor) -> None:
        self._go_on()
        one = self._prepare(number, executor)
        if one.plan.membership is None:
            # Where there is one prior for all, this very one is to be there first.
            self._prepare_after(number, self._ahead - 1, executor)
        one.prepared.result()
        self._prepare_after(number, self._ahead, executor)
        self._go_on()
        one.advance()

    def _prepare_after(self, number: int, count: int, executor: Executor) -> None:
        for following in range(number + 1, number + count + 1):
            with self._lock:
                begun = following in self._begun
            if not begun and not self._may_overlap(following, executor):
                break
            self._prepare(following, executor)

    def _prepare(self, number: int, executor: Executor) -> Begun:
        plan = self._plans[number]
        with self._lock:
            if number in self._begun:
                return self._begun[number]
            self._go_on()
            one = self._begun[number] = Begun(plan, self._start(plan, executor))
        one.prepared = self._work(one.advance, executor)
        return one

    def _go_on(self) -> None:
        if self.halt.is_set():
            raise StoppedError

    def _may_overlap(self, number: int | None, executor: Executor) -> bool:
        """Tell whether there is such a scene to begin, and workers and disk to do so beside those under way."""
        if number is None or number >= len(self._plans) or not executor.elsewhere or self.halt.is_set():
            return False
        with self._lock:
            others = [one.plan for key, one in self._begun.items() if key != number]
        return room_for(self._plans[number], others)

    def _work(self, function: Callable[[], None], executor: Executor) -> Future[None]:
        future = in_background(function) if executor.elsewhere else at_once(function)
        with self._lock:
            self._working = [*(one for one in self._working if not one.done()), future]
        return future
