"""What is to be done, in which order, and how long it takes yet."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from benchmarks.comparison.cache import Cache, Entry, Result
from benchmarks.comparison.method import Method, Task
from benchmarks.comparison.methods import methods
from benchmarks.comparison.published import MOST_STEPS
from benchmarks.comparison.scenes import Scene, read_sample
from benchmarks.comparison.scoring import mark
from pipeline.errors import AerialsegError

# Scenes up to so many megapixels come first, with every method: their table is whole soonest.
_SMALL = 0.5


@dataclass(frozen=True)
class Job:
    """One run of a method; small, so that it can be sent to a process."""

    method: str
    scene: Scene
    seed: int
    steps: int
    cache: Path
    revision: str | None


@dataclass
class Outlook:
    """How long it takes yet: by guesses, and by what was seen as soon as it was."""

    found: Mapping[str, Method]
    jobs: int
    seen: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Seconds and megapixels of finished runs by method."""

    def add(self, job: Job, seconds: float) -> None:
        """Take in a finished run."""
        self.seen.setdefault(job.method, []).append((seconds, job.scene.megapixels))

    def left(self, waiting: Sequence[Job]) -> float:
        """Return the seconds that these take, side by side."""
        return sum(self._cost(job.method) * job.scene.megapixels for job in waiting) / self.jobs

    def _cost(self, name: str) -> float:
        runs = self.seen.get(name)
        if not runs:
            return self.found[name].cost
        return sum(seconds for seconds, _ in runs) / sum(size for _, size in runs)


def plan_jobs(
    cache: Cache,
    chosen: Sequence[Method],
    scenes: Sequence[Scene],
    seeds: Sequence[int],
    budgets: Mapping[str, int],
    *,
    revision: str | None = None,
) -> list[Job]:
    """List the runs that are missing, small scenes first, then method by method, every scene before another seed.

    Args:
        cache: holds what is done.
        chosen: methods, those first that are wanted first.
        scenes: all of them.
        seeds: for methods that have chance; the first for the others.
        budgets: most steps of a method's training on the whole window, where it is not what fits its time.
        revision: as `methods` takes it.
    """
    jobs = []
    for method in chosen:
        for seed in seeds if method.seeded else seeds[:1]:
            for scene in scenes:
                steps = budgets.get(method.name) or method.steps(scene.megapixels, MOST_STEPS)
                entry = cache.load(method, scene, seed)
                if entry is None or not entry.serves(steps):
                    jobs.append(Job(method.name, scene, seed, steps, cache.folder, revision))
    return sorted(jobs, key=lambda job: job.scene.megapixels > _SMALL)


def run_jobs(jobs: Sequence[Job], outlook: Outlook, say: Callable[[str], None]) -> int:
    """Run jobs in processes of their own, save what they find, and tell of each; return how many failed."""
    waiting, failed = dict.fromkeys(jobs), 0
    # Workers find it when they start: glibc keeps the blocks of a hundred megabytes that every step on a whole window
    # frees and takes. Giving them back was 40 % of the processor time of a training on 0.26 Mpx.
    os.environ |= {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}
    with ProcessPoolExecutor(outlook.jobs, get_context("spawn")) as pool:
        futures = {pool.submit(run_job, job): job for job in jobs}
        for future in as_completed(futures):
            job = futures[future]
            del waiting[job]
            try:
                entry = future.result()
            except (AerialsegError, ValueError, MemoryError) as error:
                failed += 1
                told = f"failed: {error}"
            else:
                outlook.add(job, max(result.seconds for result in entry.results))
                told = describe(entry)
            minutes = outlook.left(list(waiting)) / 60
            done = len(jobs) - len(waiting)
            say(f"[{done}/{len(jobs)}] {job.method} {job.scene.id} seed {job.seed}: {told}; {minutes:.0f} min left")
    return failed


def run_job(job: Job) -> Entry:
    """Run a method, score its maps, and save both."""
    method, cache = methods(job.revision)[job.method], Cache(job.cache)
    sample = read_sample(job.scene)
    outcomes = method.run(Task(job.scene, sample, job.seed, job.steps))
    results = tuple(
        Result(
            outcome.asked,
            outcome.seconds,
            outcome.step,
            outcome.note,
            None if outcome.labels is None else mark(outcome.labels, sample, job.scene),
        )
        for outcome in outcomes
    )
    entry = Entry(job.method, job.scene.group, job.scene.name, job.seed, job.steps, results)
    maps = {outcome.asked: outcome.labels for outcome in outcomes if outcome.labels is not None}
    cache.save(method, job.scene, entry, maps)
    return entry


def describe(entry: Entry) -> str:
    """Say in one line what a run gave."""
    parts = []
    for result in entry.results:
        if result.marks is None:
            parts.append(f"{result.asked}: {result.note}")
        else:
            parts.append(f"{result.asked}: {result.marks.labels} labels mIoU {result.marks.miou:.3f}")
    return f"{max(result.seconds for result in entry.results):.0f} s, " + ", ".join(parts)
