"""All results that there are, by what is asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.speed.arithmetic import by_size
from benchmarks.speed.case import Case, Result
from benchmarks.speed.ours import name_of


@dataclass(frozen=True)
class Found:
    """Cases and their results."""

    cases: Mapping[str, Case]
    results: Mapping[str, Result]

    def ours(self, megapixels: float, variant: str = "all") -> Result | None:
        """Return the result of a run of ours."""
        return self.results.get(name_of(megapixels, variant))

    def first(self, prefix: str) -> tuple[Case, Result] | None:
        """Return the first case, with its result, whose name begins so and that has one."""
        for name, case in self.cases.items():
            if name.startswith(prefix) and name in self.results:
                return case, self.results[name]
        return None

    def wall(self, name: str, megapixels: float) -> tuple[float, bool] | None:
        """Return the wall seconds that a case takes at a size, and whether that is extrapolated; None: no result."""
        if name not in self.results:
            return None
        case, result = self.cases[name], self.results[name]
        # A case of a few steps tells itself what all would take.
        told = result.middle.get("wall")
        seconds = result.wall if told is None else float(told)
        return by_size(seconds, case.megapixels, megapixels), told is not None or case.megapixels != megapixels
