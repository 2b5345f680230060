"""Run cases in turns, and keep what they give.

Machines that others use too are faster in one minute than in the next. Every case has its first run before any has its
second, so that what is compared was measured side by side.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.speed.case import Bench, Case, Result
from benchmarks.speed.command import CommandError
from benchmarks.speed.figures import look_at_load
from benchmarks.speed.store import Store

Say = Callable[[str], None]


def run_cases(chosen: Sequence[Case], store: Store, bench: Bench, say: Say, *, fresh: bool = False) -> int:
    """Run what has no result, or not of as many runs as are wanted; return how many failed.

    Args:
        chosen: cases, in this order.
        store: of their results, which are kept after every run.
        bench: where and on what.
        say: takes a line for every run.
        fresh: run also what has a result.
    """
    for case in chosen:
        if case.lacks:
            say(f"{case.name}: left out, {case.lacks}")
    found = {case.name: None if fresh else store.load(case) for case in chosen}
    waiting = [case for case in chosen if not case.lacks and done(found[case.name]) < case.runs]
    left = sum(case.seconds * (case.runs - done(found[case.name])) for case in waiting)
    say(f"{len(waiting)} cases, about {left / 60:.0f} min")
    failed = 0
    while waiting:
        turn = min(done(found[case.name]) for case in waiting)
        for case in [case for case in waiting if done(found[case.name]) == turn]:
            try:
                result = found[case.name] = run_once_more(case, found[case.name], bench, say)
            except CommandError as error:
                failed += 1
                say(f"{case.name}: {error}")
                waiting.remove(case)
            else:
                store.save(case, result)
        waiting = [case for case in waiting if done(found[case.name]) < case.runs]
    return failed


def done(result: Result | None) -> int:
    """Return of how many runs a result is."""
    return 0 if result is None else len(result.runs)


def run_once_more(case: Case, before: Result | None, bench: Bench, say: Say) -> Result:
    """Run a case once, and add that to the result of its runs before.

    Raises:
        CommandError: its command failed.
    """
    began, load = time.time(), look_at_load()
    figures, told = case.run(bench)
    say(
        f"{case.name}: {figures.wall:.1f} s wall, {figures.cpu:.1f} s CPU, {figures.memory:.2f} GB; "
        f"others {figures.others:.0f} s CPU, {load.busy:.1f} cores busy before"
    )
    if before is None:
        return Result(case.name, began, time.time(), (figures,), (load,), (told,), case.identity)
    return replace(
        before,
        ended=time.time(),
        runs=(*before.runs, figures),
        loads=(*before.loads, load),
        details=(*before.details, told),
    )
