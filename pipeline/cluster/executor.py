"""What a run needs of the place where its tasks run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

Job = TypeVar("Job")


@dataclass(frozen=True)
class Stage:
    """One step of a task: a function of the job alone, and the kind of worker that it wants."""

    function: Callable[[Any], Any]
    wants: Literal["cpu", "gpu"] = "cpu"


class Executor(Protocol):
    """Runs functions of small jobs; what they return is small too."""

    gpus: bool
    """Whether stages that want a GPU go to other workers than those that do not."""

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Run all stages of every job, one after the other; yield the last one's results as they come."""

    def call(self, stage: Stage, job: object, waiting: Callable[[], None]) -> Any:  # noqa: ANN401 - a task's result
        """Run one task; `waiting` is called several times a second meanwhile."""

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run a function once in every worker process."""


class InProcess:
    """Everything in this process, one task after the other, without Dask: for debugging, and for small scenes."""

    gpus = False

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Run the jobs in order."""
        for job in jobs:
            result = None
            for stage in stages:
                result = stage.function(job)
            yield job, result

    def call(self, stage: Stage, job: object, waiting: Callable[[], None]) -> Any:  # noqa: ANN401 - a task's result
        """Run the task here; there is nobody to wait for."""
        result = stage.function(job)
        waiting()
        return result

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run the function here."""
        return [function(*arguments)]
