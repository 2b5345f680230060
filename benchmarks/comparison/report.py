"""docs/quality.md, written from whatever is cached."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.comparison.cache import Cache
from benchmarks.comparison.catalogue import SYNTHETIC
from benchmarks.comparison.method import COUNTS, Method
from benchmarks.comparison.published import MOST_STEPS
from benchmarks.comparison.rows import Found, find_rows
from benchmarks.comparison.scenes import Scene
from benchmarks.comparison.sheets import write_pictures
from benchmarks.comparison.tables import differences_table, means_table
from benchmarks.comparison.verdict import bars, losses
from pipeline.config import TrainConfig
from pipeline.files import write_text

_PICTURED = 8
_PICTURES_ACROSS = 3

_HEAD = f"""# Quality against truth, beside every rival

Written by `make quality` from its results; no number here was typed.

Every method labels the same windows without seeing the truth. More labels raise most scores, so maps are compared at
equal numbers of labels ({", ".join(map(str, COUNTS))}), and how many a map really has stands beside it. A large scene
is compared on four windows of 1024 px, one in the middle of each quadrant; smaller ones whole.

- **mIoU**: the best IoU of any label with a true class, averaged over classes (Kanezaki 2018). **ARI**: the adjusted
  Rand index. **buildings**: the best IoU of any union of labels with the buildings.
- **Means and spreads** (standard deviations) are over scenes and seeds, and scenes differ in difficulty.
  **Differences** are paired by image, each the mean over its seeds, with the percentile bootstrap's interval of 95 %
  over images. Four images make a coarse interval, one image none.
- **Ours** is the product with its defaults and one thread. **Published** trainings are of the whole window from random
  weights; one training of at most {MOST_STEPS} steps serves every number of labels by its last state that had so many.
  The slow ones have fewer steps, as many as fit the time; where the labels did not become so few by then, the map is
  "not reached".
- **k-means** clusters the same felzenszwalb segments. **felzenszwalb** and **SLIC alone** take each segment for a
  label, with the setting that leaves nearest to the wanted number.
- **The choices of ours were made on these windows.** Features, their weights and those of the class tree were compared
  on the land-cover crops and building windows below (docs/design.md), on few seeds, so its figures flatter.
- **processor s** is the time of one core until the map was there, on a machine that did other things as well.
"""


def write_report(
    path: Path, cache: Cache, methods: dict[str, Method], scenes: Sequence[Scene], seeds: Sequence[int]
) -> None:
    """Write the report and its picture beside it; both appear whole."""
    found = find_rows(cache, methods.values(), scenes, seeds)
    ours = methods[TrainConfig().scope]
    rivals = [method for method in methods.values() if not method.ours]
    groups = [group for group in dict.fromkeys(scene.group for scene in scenes) if group != SYNTHETIC]
    lines = [_HEAD, *_picture(path, (cache, found), methods, scenes)]
    lines += ["## Bars", "", *bars(found, ours, methods), ""]
    lines += ["## Where ours is behind", ""]
    lines += [
        f"{ours.title}, the default, against every rival; a difference whose interval holds 0 is within chance.",
        "",
    ]
    lines += [*losses(found, groups, ours, rivals), ""]
    for group in groups:
        lines += _group(found, group, methods, ours, rivals)
    lines += _gaps(found, methods)
    write_text(path, "\n".join(lines).rstrip() + "\n")


def _group(found: Found, group: str, methods: dict[str, Method], ours: Method, rivals: Sequence[Method]) -> list[str]:
    if not any(row.group == group for row in found.rows):
        return []
    lines = [f"## {group}", ""]
    for asked in COUNTS:
        lines += [f"### {asked} labels", "", *means_table(found, group, asked, methods.values()), ""]
    differences = differences_table(found, group, ours, rivals)
    if differences:
        lines += [f"### {ours.title}, less each rival", "", *differences, ""]
    return lines


def _picture(path: Path, chosen: tuple[Cache, Found], methods: dict[str, Method], scenes: Sequence[Scene]) -> list[str]:
    """Show the synthetic scene: what is seen of the others may not be passed on."""
    picture = path.with_suffix(".jpg")
    for scene in scenes:
        if scene.group == SYNTHETIC and write_pictures(
            picture, scene, chosen, methods.values(), asked=_PICTURED, across=_PICTURES_ACROSS
        ):
            return [
                f"![Image, truth and label maps of a synthetic scene]({picture.name})",
                "",
                "*A synthetic scene, its truth, and what the methods make of it, every label in its mean colour.*",
                "",
            ]
    return []


def _gaps(found: Found, methods: dict[str, Method]) -> list[str]:
    lines = []
    if found.outdated:
        names = ", ".join(methods[name].title for name in found.outdated)
        lines += [f"- The program has changed since these were measured: {names}."]
    lines += [
        f"- {methods[name].title}, {group}: {there} of {wanted} runs."
        for name, group, there, wanted in found.missing
        if group != SYNTHETIC
    ]
    return ["## What is missing", "", *lines, ""] if lines else []
