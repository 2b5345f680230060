"""What workers do of an output while this process makes the others."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import TypeVar

from pipeline.cluster import Executor, Stage
from pipeline.errors import StoppedError
from pipeline.run.background import in_background

Job = TypeVar("Job")


@contextmanager
def handed_out(
    function: Callable[[Job], float],
    jobs: Sequence[Job],
    executor: Executor,
    work: Path,
    on_end: Callable[[Sequence[float]], None] = lambda _: None,
) -> Iterator[Callable[[Job], None]]:
    """Have workers do jobs, in their order, while the block runs.

    Gives a function that returns when a job is done, and raises what its doing has raised. What is not among the jobs
    it does at once, and so it does all where there are no other processes, and what workers have left when the run was
    told to stop.

    Args:
        function: of a job, returns seconds; workers import it by its name.
        jobs: small ones, whose text names them.
        executor: where.
        work: a folder that all workers can write to.
        on_end: called with the seconds of each job that others have done, when there were any.
    """
    done = {job: Future[None]() for job in jobs} if executor.elsewhere else {}
    ended, seconds = Event(), list[float]()

    def drive() -> None:
        try:
            for job, took in executor.map([Stage(function)], list(done), work):
                seconds.append(took)
                done[job].set_result(None)
                if ended.is_set():
                    break
        except BaseException as error:  # noqa: BLE001 - it is raised where the job is waited for
            for future in done.values():
                if not future.done():
                    future.set_exception(error)

    def need(job: Job) -> None:
        # Outputs that were begun when the run was told to stop are finished, though workers do no more.
        with suppress(StoppedError):
            if job in done:
                done[job].result()
                return
        function(job)

    with _until_it_ends([in_background(drive)] if done else [], ended):
        yield need
    if seconds:
        on_end(seconds)


@contextmanager
def _until_it_ends(driven: Sequence[Future[None]], ended: Event) -> Iterator[None]:
    """Wait in the end for what runs, unless the program is to end at once: workers go with the cluster then."""
    at_once = False
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        at_once = True
        raise
    finally:
        ended.set()
        wait([] if at_once else driven)
