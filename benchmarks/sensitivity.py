"""What a result follows from: settings changed one at a time, and pre-segmenters at equal counts of segments.

    python -m benchmarks.sensitivity IMAGE... [--crops IMAGE...] [--seeds 0,1,2]

IMAGES are segmented with one setting changed at a time; on CROPS the published training is timed in steps. Runs what
is missing, may be interrupted at any time, and writes docs/sensitivity.md; `--report` only writes it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.comparison.methods import methods
from benchmarks.steadiness.changes import run_changes
from benchmarks.steadiness.race import published_settings, run_race
from benchmarks.steadiness.report import write_report
from benchmarks.steadiness.store import Store
from pipeline.config import TrainConfig
from pipeline.config.load import load_config

_ROOT = Path(__file__).parents[1]


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, run what is missing, report."""
    chosen = _parser().parse_args(words)
    published = load_config(_ROOT / "configs" / "alternating.toml")
    ours = methods(chosen.revision)[TrainConfig().scope].settings
    changed = Store.of(chosen.cache / "changes", ours)
    raced = Store.of(chosen.cache / "race", published_settings(published))
    if not chosen.report:
        for image in chosen.images:
            run_changes(changed, image)
        for image in chosen.crops:
            run_race(raced, image, published, chosen.seeds)
    write_report(chosen.out, changed.all(), raced.all())
    print(chosen.out)
    return 0


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path, nargs="*", help="images to change settings on")
    parser.add_argument("--crops", type=Path, nargs="+", default=[], help="images to count steps on")
    parser.add_argument("--seeds", type=_numbers, default=[0, 1, 2], help="of the published training: 0,1,2")
    parser.add_argument("--cache", type=Path, default=_ROOT / "out" / "sensitivity", help="folder of results")
    parser.add_argument("--out", type=Path, default=_ROOT / "docs" / "sensitivity.md", help="the report")
    parser.add_argument("--revision", help="name of our program's state in the cache; else a hash of its sources")
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
