"""What idle workers do before it is wanted, such as to pre-segment tiles while the prior is trained."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from pipeline.cluster import Executor, Stage
from pipeline.run.background import in_background


@contextmanager
def ahead(
    function: Callable[..., float],
    jobs: Sequence[object],
    executor: Executor,
    work: Path,
    on_end: Callable[[Sequence[float]], None] = lambda _: None,
) -> Iterator[Callable[[], None]]:
    """Do jobs for as long as the block runs, in their order, on workers that have nothing else to do.

    Gives what begins it, to be called any number of times: what is to have a worker first is then handed out before.

    Args:
        function: of a job, returns seconds; what it does may be done again by who wants it.
        jobs: small ones, whose text names them.
        executor: where; nothing is done ahead where all is done in turn.
        work: a folder that all workers can write to.
        on_end: called with the seconds of each that was done, if it was begun at all.
    """
    ended, begun, seconds = Event(), list[Future[None]](), list[float]()
    stage = Stage(function, wants="cpu")

    def begin() -> None:
        if not begun and executor.elsewhere:
            begun.append(in_background(lambda: seconds.extend(executor.meanwhile(stage, jobs, work, ended))))

    try:
        yield begin
    finally:
        ended.set()
        wait(begun)
        if begun:
            on_end(seconds)
