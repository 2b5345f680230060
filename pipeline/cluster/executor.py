"""What a run needs of the place where its tasks run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Literal, Protocol, TypeVar

from pipeline.cluster.task import run_task
from pipeline.errors import StoppedError

Job = TypeVar("Job")


@dataclass(frozen=True)
class Stage:
    """One step of a task: a function of the job alone, and the kind of worker that it wants."""

    function: Callable[[Any], Any]
    wants: Literal["cpu", "gpu"] = "cpu"


class Stop(Protocol):
    """What tells whether a run is to stop; an event does."""

    def is_set(self) -> bool:
        """Tell whether it is."""


class Executor(Protocol):
    """Runs functions of small jobs, whose text names them; what they return is small too.

    Once the run was asked to stop no more tasks are begun; those that run come to their end, then StoppedError is
    raised.
    """

    gpus: bool
    """Whether stages that want a GPU go to other workers than those that do not."""

    elsewhere: bool
    """Whether tasks run in other processes, so that this one can do other things meanwhile, in several threads."""

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job], work: Path) -> Iterator[tuple[Job, Any]]:
        """Run all stages of every job, one after the other; yield the last one's results as they come.

        Args:
            stages: steps, in order.
            jobs: what each step is done with.
            work: a folder that all workers can write to.
        """

    def call(self, stage: Stage, job: object, work: Path, waiting: Callable[[], None]) -> Any:  # noqa: ANN401 - a task's result
        """Run one task; `waiting` is called several times a second meanwhile."""

    def meanwhile(self, stage: Stage, jobs: Sequence[object], work: Path, until: Stop) -> list[Any]:
        """Have workers that nobody else wants do what will be wanted later, for as long as `until` is not set.

        Those that run then come to their end by themselves. The first error of a job ends it as well, and is not told:
        whoever wants the job's result meets it again.

        Returns:
            What came of those that were done by then.
        """

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run a function once in every worker process."""


class InProcess:
    """Everything in this process, one task after the other, without Dask: for debugging, and for small scenes."""

    gpus = False
    elsewhere = False

    def __init__(self, stop: Stop | None = None) -> None:
        """Make it; `stop` is set when the run is to stop."""
        self._stop: Stop = stop or Event()

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job], work: Path) -> Iterator[tuple[Job, Any]]:  # noqa: ARG002 - nobody else is to know
        """Run the jobs in order."""
        for job in jobs:
            self._go_on()
            result = None
            for stage in stages:
                result = run_task(stage.function, job)
            yield job, result

    def call(self, stage: Stage, job: object, work: Path, waiting: Callable[[], None]) -> Any:  # noqa: ANN401, ARG002 - as above
        """Run the task here; there is nobody to wait for."""
        self._go_on()
        result = run_task(stage.function, job)
        waiting()
        return result

    def meanwhile(self, stage: Stage, jobs: Sequence[object], work: Path, until: Stop) -> list[Any]:  # noqa: ARG002 - as above
        """Do nothing: nobody is idle here."""
        return []

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run the function here."""
        return [function(*arguments)]

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise StoppedError
