"""Tasks on Dask workers: jobs and summaries travel, pixels never do."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from distributed import Client, Future, as_completed
from distributed.scheduler import KilledWorker

from pipeline.cluster.executor import Stage
from pipeline.errors import WorkerError

Job = TypeVar("Job")


class DaskExecutor:
    """Runs stages on the workers of a client; stages that want a GPU go to workers that offer one."""

    def __init__(self, client: Client, expected: int, retries: int) -> None:
        self._client = client
        self._retries = retries
        self._wait_for(expected)
        resources = [info.get("resources", {}) for info in client.scheduler_info(n_workers=-1)["workers"].values()]
        self.gpus = any("GPU" in offer for offer in resources)
        self._cpus = any("CPU" in offer for offer in resources)

    def map(self, stages: Sequence[Stage], jobs: Sequence[Job]) -> Iterator[tuple[Job, Any]]:
        """Submit all jobs; yield results as they come. An error of one ends the iteration, and the rest is dropped."""
        jobs_of: dict[object, Job] = {}
        chains = []
        for job in jobs:
            chain: list[Future[Any]] = []
            for stage in stages:
                before = chain[-1] if chain else None
                chain.append(self._submit(stage, job, before))
            jobs_of[chain[-1].key] = job
            chains.append(chain)
        try:
            for future in as_completed([chain[-1] for chain in chains]):
                yield jobs_of[future.key], _result(future)
                future.release()
        finally:
            self._client.cancel([future for chain in chains for future in chain], force=True)

    def call(self, stage: Stage, job: object, waiting: Callable[[], None]) -> Any:  # noqa: ANN401 - a task's result
        """Run one task on a worker."""
        future = self._submit(stage, job, None)
        while not future.done():
            waiting()
            time.sleep(0.2)
        waiting()
        return _result(future)

    def everywhere(self, function: Callable[..., Any], *arguments: object) -> list[Any]:
        """Run a function once in every worker process."""
        return list(self._client.run(function, *arguments).values())

    def _submit(self, stage: Stage, job: object, before: Future[Any] | None) -> Future[Any]:
        resources = None
        if stage.wants == "gpu" and self.gpus:
            resources = {"GPU": 1}
        elif stage.wants == "cpu" and self._cpus:
            resources = {"CPU": 1}
        return self._client.submit(
            _run, stage.function, job, before, pure=False, retries=self._retries, resources=resources
        )

    def _wait_for(self, expected: int) -> None:
        try:
            self._client.wait_for_workers(expected, timeout=120)
        except TimeoutError:
            raise WorkerError(
                f"{self._client}: {expected} workers were expected and did not come within two"
                " minutes; start workers there, or look into their logs"
            ) from None


def _run(function: Callable[[Any], Any], job: object, _before: object) -> Any:  # noqa: ANN401 - a task's result
    return function(job)


def _result(future: Future[Any]) -> Any:  # noqa: ANN401 - a task's result
    try:
        return future.result()
    except KilledWorker as error:
        raise WorkerError(
            f"the worker of task {error.task} died again and again, most likely for want of memory; set tiles.size or"
            " cluster.workers lower"
        ) from None
