"""How a task is run, wherever it is run, and what is known of tasks whose worker died."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.device import memory_lacks
from pipeline.errors import AerialsegError, ResourceError, WorkerError
from pipeline.files import unwritable

# CUDA, of a device that lets one process in at a time.
_CLOSED = "busy or unavailable"
_MENDS = {
    "cpu": "memory ran out; set tiles.size or cluster.workers lower",
    "gpu": "the GPU's memory ran out; set cluster.per_gpu, tiles.size or train.batch lower",
}
_stopped: set[str] = set()


@dataclass(frozen=True)
class Skipped:
    """The result of a task that was not begun, since its run was to stop."""


@dataclass(frozen=True)
class Mark:
    """A file that has a line for every time that a task was begun and not ended: so many workers died of it.

    Dask blames a worker's death on whatever tasks it held, also those that only waited there.
    """

    path: Path
    retries: int

    def begin(self, job: object) -> None:
        """Note a beginning.

        Raises:
            WorkerError: too many workers died of this task.
            OutputError: the file cannot be written.
        """
        try:
            deaths = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
            if len(deaths) <= self.retries:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(f"{socket.gethostname()}-{os.getpid()}\n")
                return
        except OSError as error:
            raise unwritable(self.path, error) from None
        times = "once" if len(deaths) == 1 else f"{len(deaths)} times"
        raise WorkerError(
            f"{job}: the worker died {times} at it ({', '.join(deaths)}), most likely for want of memory; set"
            " tiles.size or cluster.workers lower"
        )

    def end(self) -> None:
        """Note that the task came to its end, well or not."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def run_task(function: Callable[[Any], Any], job: object) -> Any:  # noqa: ANN401 - a task's result
    """Run a task in this process.

    Raises:
        ResourceError: memory ran out.
        WorkerError: the GPU is another process's.
    """
    try:
        return function(job)
    except AerialsegError as error:
        # What stands behind it is told in its sentence; exceptions of GDAL do not survive the way to another process.
        error.__context__ = None
        raise
    except (MemoryError, RuntimeError) as error:
        lacking = memory_lacks(error)
        if lacking is not None:
            raise ResourceError(f"{job}: {_MENDS[lacking]}") from None
        if _CLOSED in str(error):
            raise WorkerError(f"{job}: the GPU lets no other process in; set cluster.per_gpu = 1") from None
        raise


def run_marked(function: Callable[[Any], Any], job: object, _before: object, mark: Mark, run: str) -> Any:  # noqa: ANN401
    """Run a task on a worker, unless its run has been stopped there.

    Args:
        function: of the job.
        job: what to do.
        _before: result of the stage before, for which this one waits.
        mark: of this task.
        run: name of the run.
    """
    if run in _stopped:
        return Skipped()
    mark.begin(job)
    try:
        return run_task(function, job)
    finally:
        mark.end()


def stop_run(run: str) -> None:
    """Have this process begin no more tasks of a run."""
    _stopped.add(run)
