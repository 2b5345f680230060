"""Tasks on Dask workers: jobs and summaries travel, pixels never do."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, TypeVar
from uuid import uuid4

from distributed import Future
from distributed.comm.core import CommClosedError
from distributed.scheduler import KilledWorker

from pipeline.cluster.executor import Stage, Stop
from pipeline.cluster.places import Place
from pipeline.cluster.task import Mark, Skipped, run_marked, stop_run
from pipeline.errors import SchedulerGoneError, StoppedError, WorkerError

Job = TypeVar("Job")

# Chains of tasks that are handed out at a time, per thread of all workers: enough that nobody waits, few enough that
# a scene of ten thousand tiles does not lie in the scheduler.
_AHEAD = 3
# Of Dask: the highest goes first.
_WANTED, _SPARE = 0, -1
_LOOK_S = 0.2
# How long what is known of the workers holds; more may come, under Slurm for hours.
_COUNT_S = 2.0
_TRIES = 5
# Without any worker; a queue of a batch system may let one wait, but the run has had some.
_PATIENCE_S = 600.0


class DaskExecutor:
    """Runs stages on the workers of a client; stages that want a GPU go to workers that offer one.

    Several threads may use it at a time, each for tasks of its own.
    """

    elsewhere = True

    def __init__(self, place: Place, retries: int, stop: Stop) -> None:
        """Wait for workers.

        Args:
            place: where tasks run.
            retries: how often a task is tried again that failed, or whose worker died.
            stop: set when the run is to stop.
        """
        self._client, self._place, self._retries, self._stop = place.client, place, retries, stop
        self._run = uuid4().hex
        self._told = 0.0
        self._wait_for(place.expected)
        self._looked = self._seen = time.monotonic()
        self._know(self._workers())

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job], work: Path) -> Iterator[tuple[Job, Any]]:
        """Hand out jobs, some at a time; yield results as they come. An error of one ends it, the rest is dropped."""
        yield from self._map(stages, jobs, work, Event(), _WANTED)
        if self._stop.is_set():
            raise StoppedError

    def meanwhile(self, stage: Stage, jobs: Sequence[object], work: Path, until: Stop) -> list[Any]:
        """Hand out jobs that come after all that others hand out."""
        done: list[Any] = []
        # Whatever it is, whoever is waited for meets it as well.
        with suppress(Exception):
            done.extend(result for _, result in self._map([stage], jobs, work, until, _SPARE))
        return done

    def _map(
        self, stages: Sequence[Stage], jobs: Sequence[Job], work: Path, until: Stop, priority: int
    ) -> Iterator[tuple[Job, Any]]:
        waiting, running = iter(jobs), dict[object, tuple[Job, list[Future[Any]]]]()
        done: SimpleQueue[Future[Any]] = SimpleQueue()
        try:
            while not until.is_set():
                self._look()
                while not self._stop.is_set() and len(running) < self._room:
                    job = next(waiting, None)
                    if job is None:
                        break
                    chain = self._chain(stages, job, work, priority)
                    running[chain[-1].key] = job, chain
                    chain[-1].add_done_callback(done.put)
                if not running:
                    break
                self._tell_stop()
                try:
                    future = done.get(timeout=_LOOK_S)
                except Empty:
                    continue
                job, _ = running[future.key]
                result = self._result(future, job)
                del running[future.key]
                if not isinstance(result, Skipped):
                    yield job, result
        finally:
            if self._client.status == "running":
                self._client.cancel([future for _, chain in running.values() for future in chain], force=True)

    def call(self, stage: Stage, job: object, work: Path, waiting: Callable[[], None]) -> Any:  # noqa: ANN401 - a task's result
        """Run one task on a worker."""
        if self._stop.is_set():
            raise StoppedError
        (future,) = self._chain([stage], job, work)
        ended = Event()
        future.add_done_callback(lambda _: ended.set())
        while not ended.wait(_LOOK_S):
            waiting()
            self._look()
            self._tell_stop()
        waiting()
        result = self._result(future, job)
        if isinstance(result, Skipped):
            raise StoppedError
        return result

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run a function once in every worker process."""
        for _ in range(_TRIES):
            self._look()
            try:
                return list(self._client.run(function, *arguments).values())
            except (OSError, TimeoutError):
                # One has died of something else meanwhile.
                time.sleep(_COUNT_S)
        raise WorkerError(f"{self._client}: workers die as soon as they are there; look into their logs")

    def _chain(self, stages: Sequence[Stage], job: object, work: Path, priority: int = _WANTED) -> list[Future[Any]]:
        chain: list[Future[Any]] = []
        for stage in stages:
            key, before = f"{stage.function.__name__}-{uuid4().hex}", chain[-1] if chain else None
            mark = Mark(work / "begun" / key, self._retries)
            wanted = stage.wants.upper()
            resources = {wanted: 1} if wanted in self._offered else None
            chain.append(
                self._client.submit(
                    *(run_marked, stage.function, job, before, mark, self._run),
                    key=key,
                    pure=False,
                    retries=self._retries,
                    resources=resources,
                    priority=priority,
                )
            )
        return chain

    def _look(self) -> None:
        """See to the scheduler and the workers.

        Raises:
            WorkerError: one is gone, or all of the others.
        """
        if self._client.status != "running":
            raise self._gone()
        now = time.monotonic()
        if now - self._looked < _COUNT_S:
            return
        self._looked, workers = now, self._workers()
        if len(workers) < self._place.expected:
            self._place.heal()
        if workers:
            self._seen = now
            self._know(workers)
        elif now - self._seen > _PATIENCE_S:
            raise WorkerError(
                f"{self._client}: all workers are gone and none has come for {_PATIENCE_S:.0f} s; look into their"
                " logs, then run the same command again to go on"
            )

    def _know(self, workers: list[dict[str, Any]]) -> None:
        offers = [info.get("resources", {}) for info in workers]
        with_gpu = ["GPU" in offer for offer in offers]
        self.gpus = any(with_gpu) and not all(with_gpu)
        self._offered = {kind for offer in offers for kind in offer}
        self._room = _AHEAD * max(sum(int(info["nthreads"]) for info in workers), 1)
        """How many chains of tasks are handed out at a time."""

    def _tell_stop(self) -> None:
        """Have workers begin no more tasks, once the run is to stop."""
        if self._stop.is_set() and time.monotonic() - self._told > _COUNT_S:
            # Again and again: a worker that comes for a dead one is to know as well.
            with suppress(OSError, TimeoutError):
                self._client.run(stop_run, self._run, on_error="ignore")
            self._told = time.monotonic()

    def _gone(self) -> Exception:
        """Return what to say of a scheduler that is not there any more; one that is to stop may end it itself."""
        return StoppedError() if self._stop.is_set() else SchedulerGoneError(_GONE)

    def _result(self, future: Future[Any], job: object) -> Any:  # noqa: ANN401 - a task's result
        try:
            return future.result()
        except KilledWorker:
            # A scheduler of the user's counts by itself.
            raise WorkerError(
                f"{job}: the worker died again and again, most likely for want of memory; set tiles.size or"
                " cluster.workers lower"
            ) from None
        except (CancelledError, CommClosedError):
            raise self._gone() from None

    def _workers(self) -> list[dict[str, Any]]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"].values())

    def _wait_for(self, expected: int) -> None:
        try:
            self._client.wait_for_workers(expected, timeout=120)
        except TimeoutError:
            raise WorkerError(
                f"{self._client}: {expected} workers were expected and did not come within two"
                " minutes; start workers there, or look into their logs"
            ) from None


_GONE = "the Dask scheduler is gone, and with it the run; start it, then run the same command again to go on"
