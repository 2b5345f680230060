"""What was asked for, and whether it is met."""

from dataclasses import dataclass

from benchmarks.speed.arithmetic import unevenness
from benchmarks.speed.case import Result
from benchmarks.speed.catalogue import BAR, LARGE, MIDDLE
from benchmarks.speed.found import Found

MOST_WALL, MOST_CPU, MOST_MEMORY = 45.0, 80.0, 2.5
LEAST_OVER_OTB, MOST_OVER_FLOOR, LEAST_OVER_PUBLISHED = 5.0, 1.5, 100.0
MOST_UNEVEN, LEAST_BY_TWO = 0.1, 1.8


@dataclass(frozen=True)
class Bar:
    """One thing that was asked for."""

    title: str
    wanted: str
    value: str
    met: bool | None
    """None: what it takes was not measured."""


def bars(found: Found) -> list[Bar]:
    """Return all bars."""
    ours, huge = found.ours(BAR), found.ours(LARGE[-1])
    at = f"{BAR:g} Mpx"
    return [
        _most(f"{at}, wall", ours, "wall", MOST_WALL, "s"),
        _most(f"{at}, CPU of all processes", ours, "cpu", MOST_CPU, "s"),
        _most(f"{at}, peak memory of all processes", ours, "memory", MOST_MEMORY, "GB"),
        _most(f"{LARGE[-1]:g} Mpx, peak memory of all processes", huge, "memory", MOST_MEMORY, "GB"),
        _faster("faster than OTB LargeScaleMeanShift", found, "rival-otb", LEAST_OVER_OTB),
        _faster("the same, the class rasters alone", found, "rival-otb", LEAST_OVER_OTB, "classes"),
        _faster("faster per pixel than the published loop by tiles", found, "published-tiles", LEAST_OVER_PUBLISHED),
        _floor(f"{at}, wall over the floor's", found, "all"),
        _floor("the same, the class rasters alone, as the floor makes them", found, "classes"),
        _even(found),
        _two_workers(found),
        *_every_rival(found),
    ]


def _most(title: str, result: Result | None, what: str, most: float, unit: str) -> Bar:
    if result is None:
        return Bar(title, f"at most {most:g} {unit}", "not measured", None)
    value = float(getattr(result, what))
    return Bar(title, f"at most {most:g} {unit}", f"{value:.{2 if unit == 'GB' else 1}f} {unit}", value <= most)


def _faster(title: str, found: Found, rival: str, least: float, variant: str = "all") -> Bar:
    ours, theirs, wanted = found.ours(BAR, variant), found.wall(rival, BAR), f"at least {least:g} times"
    if ours is None or theirs is None:
        return Bar(title, wanted, "not measured", None)
    seconds, extrapolated = theirs
    value = f"{seconds / ours.wall:.1f} times{' (theirs extrapolated)' if extrapolated else ''}"
    return Bar(title, wanted, value, seconds / ours.wall >= least)


def _floor(title: str, found: Found, variant: str) -> Bar:
    ours, floor = found.ours(BAR, variant), found.results.get(f"floor-halo-{BAR:g}")
    wanted = f"at most {MOST_OVER_FLOOR:g} times"
    if ours is None or floor is None:
        return Bar(title, wanted, "not measured", None)
    return Bar(title, wanted, f"{ours.wall / floor.wall:.2f} times", ours.wall / floor.wall <= MOST_OVER_FLOOR)


def _even(found: Found) -> Bar:
    sizes = (MIDDLE, BAR, LARGE[-1])
    some = [one for one in map(found.ours, sizes) if one is not None]
    title = f"a megapixel more, {BAR:g} to {LARGE[-1]:g} Mpx against {MIDDLE:g} to {BAR:g}"
    if len(some) < len(sizes):
        return Bar(title, f"within {MOST_UNEVEN:.0%}", "not measured", None)
    wall = unevenness(*zip(sizes, [one.wall for one in some], strict=True))
    cpu = unevenness(*zip(sizes, [one.cpu for one in some], strict=True))
    value = f"{wall:+.1%} (CPU seconds: {cpu:+.1%})"
    return Bar(title, f"within {MOST_UNEVEN:.0%}", value, abs(wall) <= MOST_UNEVEN)


def _two_workers(found: Found) -> Bar:
    one, two = (found.ours(BAR, f"workers{count}") for count in (1, 2))
    title, wanted = "two workers against one, tiles with a network that is there", f"at least {LEAST_BY_TWO:g} times"
    if one is None or two is None:
        return Bar(title, wanted, "not measured", None)
    value = one.middle["seconds"]["tiles"] / two.middle["seconds"]["tiles"]
    cores = found.results.get("cores")
    most = ""
    if cores is not None:
        most = f" (products of matrices {cores.middle['products']:.2f}, copies of memory {cores.middle['copies']:.2f})"
    return Bar(title, wanted, f"{value:.2f} times{most}", value >= LEAST_BY_TWO)


def _every_rival(found: Found) -> list[Bar]:
    return [
        _faster(f"faster than {case.title}", found, name, 1.0)
        for name, case in found.cases.items()
        if name.startswith("rival-") and name in found.results and name != "rival-otb"
    ]
