"""Run cases one after the other, and keep what they give."""

import time
from collections.abc import Callable, Sequence

from benchmarks.speed.case import Bench, Case, Result
from benchmarks.speed.command import CommandError
from benchmarks.speed.figures import look_at_load
from benchmarks.speed.store import Store

Say = Callable[[str], None]


def run_cases(chosen: Sequence[Case], store: Store, bench: Bench, say: Say, *, fresh: bool = False) -> int:
    """Run what has no result; return how many failed.

    Args:
        chosen: cases, in this order.
        store: of their results.
        bench: where and on what.
        say: takes a line for every run.
        fresh: run also what has a result.
    """
    failed = 0
    open_cases = [case for case in chosen if not case.lacks and (fresh or store.load(case) is None)]
    left = sum(case.seconds * case.runs for case in open_cases)
    say(f"{len(open_cases)} cases, about {left / 60:.0f} min")
    for case in chosen:
        if case.lacks:
            say(f"{case.name}: left out, {case.lacks}")
    for case in open_cases:
        try:
            store.save(case, run_case(case, bench, say))
        except CommandError as error:
            failed += 1
            say(f"{case.name}: {error}")
    return failed


def run_case(case: Case, bench: Bench, say: Say) -> Result:
    """Run a case as often as it wants.

    Raises:
        CommandError: a command of it failed.
    """
    began, runs, loads, details = time.time(), [], [], []
    for _ in range(case.runs):
        loads.append(look_at_load())
        figures, told = case.run(bench)
        runs.append(figures)
        details.append(told)
        say(
            f"{case.name}: {figures.wall:.1f} s wall, {figures.cpu:.1f} s CPU, {figures.memory:.2f} GB; "
            f"others {figures.others:.0f} s CPU, {loads[-1].busy:.1f} cores busy before"
        )
    return Result(case.name, began, time.time(), tuple(runs), tuple(loads), tuple(details), case.identity)
