"""Compare methods at equal numbers of labels on labelled scenes, and write docs/quality.md.

    python -m benchmarks.quality [--shared DIR] [--pairs IMAGES TRUTHS]... [--jobs 2]

Runs what is missing in the cache, which may be interrupted at any time, and writes the report. `--report` only writes
it, from whatever there is. Scenes are those of `../shared/scenes` where that folder is; other ones are given by pairs
of folders.
"""

import argparse
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.comparison.cache import Cache
from benchmarks.comparison.catalogue import paired_scenes, shared_scenes, synthetic_scene
from benchmarks.comparison.method import Method
from benchmarks.comparison.methods import methods
from benchmarks.comparison.report import write_report
from benchmarks.comparison.rows import find_rows
from benchmarks.comparison.scenes import Scene
from benchmarks.comparison.sheets import write_pictures
from benchmarks.comparison.work import Outlook, plan_jobs, run_jobs

_ROOT = Path(__file__).parents[1]


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, run, report; return 1 when a run failed."""
    chosen = _parser().parse_args(words)
    cache, found = Cache(chosen.cache), methods(chosen.revision)
    scenes = _scenes(chosen)
    wanted = _wanted(chosen.only, found)
    failed = 0
    if not chosen.report:
        budgets = {name: int(steps) for name, steps in (text.split("=") for text in chosen.budget)}
        some = [scene for scene in scenes if any(fnmatch(scene.id, pattern) for pattern in chosen.scenes)]
        jobs = plan_jobs(cache, wanted, some, chosen.seeds, budgets, revision=chosen.revision)
        outlook = Outlook(found, chosen.jobs)
        print(f"{len(jobs)} runs, about {outlook.left(jobs) / 60:.0f} min", flush=True)
        failed = run_jobs(jobs, outlook, lambda line: print(line, flush=True))
    write_report(chosen.out, cache, found, scenes, chosen.seeds)
    print(chosen.out)
    _sheets(chosen, cache, found, scenes)
    return 1 if failed else 0


def _sheets(chosen: argparse.Namespace, cache: Cache, found: dict[str, Method], scenes: list[Scene]) -> None:
    rows = find_rows(cache, found.values(), scenes, chosen.seeds)
    for scene in scenes:
        if any(fnmatch(scene.id, pattern) for pattern in chosen.sheets):
            path = chosen.cache / "sheets" / f"{scene.group}_{scene.name}.jpg"
            if write_pictures(path, scene, (cache, rows), found.values(), asked=8, across=3):
                print(path)


def _scenes(chosen: argparse.Namespace) -> list[Scene]:
    found = shared_scenes(chosen.shared) if chosen.shared.is_dir() else []
    for images, truths in chosen.pairs:
        found += paired_scenes(images, truths, tuple(chosen.ignore))
    return [*found, synthetic_scene(chosen.cache)]


def _wanted(names: list[str], found: dict[str, Method]) -> list[Method]:
    unknown = set(names) - set(found)
    if unknown:
        sys.exit(f"--only {','.join(sorted(unknown))}: choose from {', '.join(found)}")
    return [method for name, method in found.items() if not names or name in names]


def _words(text: str) -> list[str]:
    return text.split(",")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=_ROOT.parent / "shared" / "scenes", help="folder of scenes")
    parser.add_argument("--pairs", type=Path, nargs=2, action="append", default=[], metavar=("IMAGES", "TRUTHS"))
    parser.add_argument("--ignore", type=_numbers, default=[255], help="values without meaning in truths of pairs")
    parser.add_argument("--cache", type=Path, default=_ROOT / "out" / "quality", help="folder of results")
    parser.add_argument("--only", type=_words, default=[], help="methods, such as shared,kmeans-colour")
    parser.add_argument("--scenes", type=_words, default=["*"], help="patterns, such as landcover/*,austin/*")
    parser.add_argument("--seeds", type=_numbers, default=[0, 1, 2], help="0,1,2")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side, of one thread each")
    parser.add_argument("--budget", action="append", default=[], metavar="METHOD=STEPS", help="most training steps")
    parser.add_argument("--revision", help="name of our program's state in the cache; else a hash of its sources")
    parser.add_argument("--out", type=Path, default=_ROOT / "docs" / "quality.md", help="the report")
    parser.add_argument("--sheets", type=_words, default=[], help="patterns of scenes to write pictures of")
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
