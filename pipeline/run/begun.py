"""A scene that has been begun: its steps, done here or in a thread of their own."""

import inspect
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress

from pipeline.errors import StoppedError
from pipeline.run.interrupts import Halt
from pipeline.run.plan import ScenePlan
from pipeline.run.scene import SceneResult, Steps


class Begun:
    """A scene's steps on their way; what one raises it raises in whoever waits for it."""

    def __init__(self, plan: ScenePlan, steps: Steps) -> None:
        """Take steps that nobody has begun yet."""
        self.plan, self._steps = plan, steps
        self.seconds = 0.0
        """Spent on its steps, and not waited for others."""

        self.result: SceneResult | None = None
        self.prepared: Future[None] = Future()
        """The first step."""

        self.labelled: Future[None] = Future()
        """The first and the second."""

    def advance(self) -> None:
        """Do the next step."""
        started = time.perf_counter()
        try:
            next(self._steps)
        except StopIteration as end:
            self.result = end.value
        finally:
            self.seconds += time.perf_counter() - started

    def finish(self, halt: Halt) -> SceneResult:
        """Do the last step, once those before are done; unless the run is to stop, and it was not begun yet.

        Raises:
            StoppedError: it is.
            AerialsegError: any step has failed.
        """
        self.labelled.result()
        if halt.is_set():
            raise StoppedError
        self.advance()
        if self.result is None:
            raise RuntimeError(f"{self.plan.scene.name}: has more steps than it was to have")
        return self.result

    def drop(self, error: Exception) -> None:
        """Give up what has not come to its end, as if the step that is next had raised an error.

        Raises:
            Exception: another one, while it was given up.
        """
        if inspect.getgeneratorstate(self._steps) == inspect.GEN_RUNNING:
            # In a thread that does not end: then it ends with this process.
            return
        with suppress(type(error)):
            self._steps.throw(error)


def drop_all(scenes: Iterable[Begun]) -> list[Exception]:
    """Give up scenes, all of them whatever becomes of one, as the run is to stop; return what went wrong."""
    problems = []
    for one in scenes:
        try:
            one.drop(StoppedError())
        except Exception as problem:  # noqa: BLE001 - it is for the caller to raise
            problems.append(problem)
    return problems
