"""What the numbers say, in words: where ours loses, and how far it is from the bars that were set."""

from collections.abc import Iterable, Sequence

from benchmarks.comparison.method import COUNTS, Method
from benchmarks.comparison.paired import Difference, compare
from benchmarks.comparison.rows import Found, Measure, ari, miou, union
from benchmarks.comparison.tables import MEASURES

_BUILDING_GROUPS = ("banepa", "compound", "austin")
# Bar and goal, as times the published variant.
_MIOU_BAR, _MIOU_GOAL, _ARI_BAR, _ARI_GOAL = 1.05, 1.15, 1.2, 1.5


def losses(found: Found, groups: Sequence[str], ours: Method, rivals: Sequence[Method]) -> list[str]:
    """Say for each group and number of labels whom ours is behind, in what, by how much, and whether that is sure."""
    lines = []
    for group in groups:
        for asked in COUNTS:
            told = []
            for rival in rivals:
                parts = []
                for name, measure in MEASURES:
                    difference = _against(found, group, asked, measure, (ours, rival))
                    if difference is not None and difference.mean < 0:
                        parts.append(f"{name} by {-difference.mean:.3f}{_doubt(difference)}")
                if parts:
                    told.append(f"{rival.title} ({', '.join(parts)})")
            if told:
                lines.append(f"- {group}, {asked} labels: behind {'; '.join(told)}.")
            elif found.of(ours.name, group, asked):
                lines.append(f"- {group}, {asked} labels: behind no method that has results.")
    return lines


def bars(found: Found, ours: Method, methods: dict[str, Method]) -> list[str]:
    """Hold ours against the bars: land cover at 8 labels, buildings at 16."""
    lines = []
    for name, measure, bar, goal in (("mIoU", miou, _MIOU_BAR, _MIOU_GOAL), ("ARI", ari, _ARI_BAR, _ARI_GOAL)):
        difference = _against(found, "landcover", 8, measure, (ours, methods["alternating"]))
        if difference is None or difference.ratio is None:
            lines.append(f"- landcover, 8 labels, {name}: nothing to compare yet.")
            continue
        reached = "reached" if difference.ratio >= bar else "missed"
        beyond = "reached" if difference.ratio >= goal else "missed"
        lines.append(
            f"- landcover, 8 labels, {name}: {difference.ratio:.2f} times the published `alternating`"
            f" (images: {difference.images}); the bar of {bar} is {reached}, the goal of {goal} {beyond}."
        )
        rivals = [methods[rival] for rival in ("kmeans-colour", "kmeans-texture", "tip2020")]
        lines += _ahead(found, "landcover", 8, (name, measure), (ours, rivals))
    rivals = [methods[rival] for rival in ("alternating", "kmeans-colour", "kmeans-texture")]
    for group in _BUILDING_GROUPS:
        lines += _ahead(found, group, 16, ("buildings", union), (ours, rivals))
    return lines


def _ahead(
    found: Found, group: str, asked: int, measure: tuple[str, Measure], sides: tuple[Method, Iterable[Method]]
) -> list[str]:
    ours, rivals = sides
    lines = []
    for rival in rivals:
        difference = _against(found, group, asked, measure[1], (ours, rival))
        if difference is None:
            told = "nothing to compare yet"
        else:
            told = f"{'ahead' if difference.mean > 0 else 'not ahead'}, {difference}"
        lines.append(f"- {group}, {asked} labels, {measure[0]} against {rival.title}: {told}.")
    return lines


def _against(found: Found, group: str, asked: int, measure: Measure, sides: tuple[Method, Method]) -> Difference | None:
    first, second = (found.by_scene(one.name, group, asked, measure) for one in sides)
    return compare(first, second)


def _doubt(difference: Difference) -> str:
    if difference.low is None:
        return ", one image"
    return "" if difference.sure else ", within chance"
