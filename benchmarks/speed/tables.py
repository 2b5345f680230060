"""Tables of cases and of bars."""

from benchmarks.comparison.tables import table
from benchmarks.speed.arithmetic import marginal
from benchmarks.speed.bars import bars
from benchmarks.speed.case import Case, Result
from benchmarks.speed.catalogue import BAR
from benchmarks.speed.found import Found

_FAR = 0.005


def bars_lines(found: Found) -> list[str]:
    """Show what was asked for."""
    words = {True: "met", False: "**missed**", None: "open"}
    return table(
        ["bar", "wanted", "measured", ""], [[bar.title, bar.wanted, bar.value, words[bar.met]] for bar in bars(found)]
    )


def sizes_lines(found: Found) -> list[str]:
    """Show ours by size, and what a megapixel more takes from size to size."""
    rows = []
    for variant in ("all", "classes"):
        before: tuple[float, float] | None = None
        for case in sorted(found.cases.values(), key=lambda case: case.megapixels):
            result = found.results.get(case.name)
            if result is None or not case.name.startswith(f"ours-{variant}-"):
                continue
            here = (case.megapixels, result.wall)
            more = "" if before is None else f"{marginal(before, here):.2f}"
            rows.append(
                [
                    f"{case.title}, {case.megapixels:g} Mpx",
                    *_figures(result),
                    more,
                    str(len(result.runs)),
                    *_load(result),
                ]
            )
            before = here
    return table(["run", "wall s", "CPU s", "GB", "s for a Mpx more", "runs", "others' CPU s"], rows)


def rivals_lines(found: Found) -> list[str]:
    """Show everybody at the size that bars are about."""
    ours, rows = found.ours(BAR), []
    names = [name for name in found.cases if name.startswith(("rival-", "published-"))]
    for name in [f"ours-all-{BAR:g}", f"ours-classes-{BAR:g}", *names]:
        case = found.cases.get(name)
        if case is None:
            continue
        if name not in found.results:
            rows.append([case.title, case.lacks or "not measured", *[""] * 5])
            continue
        rows.append(_rival(found, case, found.results[name], ours))
    head = ["program", "wall s", f"wall s at {BAR:g} Mpx", "CPU s", "GB", "runs", "ours is faster"]
    return table(head, rows)


def floor_lines(found: Found) -> list[str]:
    """Show the floor, and ours above it."""
    rows = []
    for name, case in found.cases.items():
        if not name.startswith("floor-") or name not in found.results:
            continue
        result, ours = found.results[name], found.ours(case.megapixels)
        over = ["", ""] if ours is None else [f"{ours.wall / result.wall:.2f}", f"{ours.cpu / result.cpu:.2f}"]
        work = sum(result.middle["seconds"].values())
        rows.append([case.title, *_figures(result), f"{work:.1f}", *over])
    return table(["floor", "wall s", "CPU s", "GB", "s without start", "ours / floor, wall", "CPU"], rows)


def _rival(found: Found, case: Case, result: Result, ours: Result | None) -> list[str]:
    known = found.wall(case.name, BAR)
    seconds, extrapolated = known or (result.wall, False)
    told = result.middle.get("wall")
    note = f" ({case.megapixels:g} Mpx{', a few steps' if told is not None else ''})"
    faster = "" if ours is None or abs(seconds - ours.wall) < _FAR else f"{seconds / ours.wall:.1f} times"
    return [
        case.title,
        f"{result.wall:.1f}{note if extrapolated else ''}",
        f"{seconds:,.0f}, extrapolated" if extrapolated else f"{seconds:.1f}",
        *_figures(result)[1:],
        str(len(result.runs)),
        faster,
    ]


def _figures(result: Result) -> list[str]:
    return [f"{result.wall:.1f}", f"{result.cpu:.1f}", f"{result.memory:.2f}"]


def _load(result: Result) -> list[str]:
    return [f"{max(run.others for run in result.runs):.0f}"]
