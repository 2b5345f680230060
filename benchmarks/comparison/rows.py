"""All that the cache holds of some methods and scenes, as one list."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from benchmarks.comparison.cache import Cache, Result, key
from benchmarks.comparison.method import Method
from benchmarks.comparison.scenes import Scene

Measure = Callable[[Result], float | None]


@dataclass(frozen=True)
class Row:
    """What became of one method, scene, seed and number of labels."""

    method: str
    group: str
    scene: str
    seed: int
    result: Result


@dataclass(frozen=True)
class Found:
    """What is there, and what is not."""

    rows: tuple[Row, ...]
    missing: tuple[tuple[str, str, int, int], ...]
    """Method, group, runs that are there, runs that should be; only where the two differ."""

    outdated: tuple[str, ...]
    """Methods whose results are of other settings, or of another state of the program, than they have now."""

    def of(self, method: str, group: str, asked: int) -> list[Row]:
        """Return a method's rows of a group at a number of labels."""
        return [row for row in self.rows if (row.method, row.group, row.result.asked) == (method, group, asked)]

    def by_scene(self, method: str, group: str, asked: int, measure: Measure) -> dict[str, float]:
        """Return the mean over seeds of a measure for each scene that has it."""
        values: dict[str, list[float]] = {}
        for row in self.of(method, group, asked):
            value = measure(row.result)
            if value is not None:
                values.setdefault(row.scene, []).append(value)
        return {scene: fmean(some) for scene, some in values.items()}


def miou(result: Result) -> float | None:
    """Return the best-match mIoU."""
    return None if result.marks is None else result.marks.miou


def ari(result: Result) -> float | None:
    """Return the adjusted Rand index."""
    return None if result.marks is None else result.marks.ari


def union(result: Result) -> float | None:
    """Return the IoU of buildings with the best union of labels."""
    return None if result.marks is None else result.marks.union


def find_rows(cache: Cache, methods: Iterable[Method], scenes: Sequence[Scene], seeds: Sequence[int]) -> Found:
    """Read what is cached; of a method without results of its present state, those of the newest other one."""
    rows: list[Row] = []
    missing, outdated = [], []
    groups = list(dict.fromkeys(scene.group for scene in scenes))
    for method in methods:
        state = cache.latest(method)
        if state not in {None, key(method.settings)}:
            outdated.append(method.name)
        chosen = seeds if method.seeded else seeds[:1]
        for group in groups:
            runs = [(scene, seed) for scene in scenes if scene.group == group for seed in chosen]
            entries = [cache.load(method, scene, seed, state) for scene, seed in runs]
            there = [entry for entry in entries if entry is not None]
            if len(there) < len(runs):
                missing.append((method.name, group, len(there), len(runs)))
            rows += [
                Row(entry.method, entry.group, entry.scene, entry.seed, result)
                for entry in there
                for result in entry.results
            ]
    return Found(tuple(rows), tuple(missing), tuple(outdated))
