"""Measure time and memory, ours and others', and write docs/performance.md.

    python -m benchmarks.speed scene.tif [--only 'ours-*-25,floor-*,rival-otb'] [--skip 'ours-all-400']

Every run is kept in the cache, so that an hour that was broken off goes on; `--report` runs nothing and
writes the page from what is there. `--list` says what there is to run and how long it takes.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from benchmarks.speed.case import Bench, Case
from benchmarks.speed.catalogue import Choice, cases
from benchmarks.speed.command import ROOT
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.race import done, run_cases
from benchmarks.speed.report import write_report
from benchmarks.speed.scene import Scene
from benchmarks.speed.store import Store


def main(words: Sequence[str] | None = None) -> int:
    """Read the command line, run, report; return 1 when a case failed."""
    chosen = _parser().parse_args(words)
    scene = Scene.of(chosen.scene or _sample())
    choice = Choice(
        *(chosen.runs, chosen.rival_runs, chosen.rival_mpx, chosen.shepherd, chosen.revision),
        settings=tuple(chosen.settings),
    )
    known, store = cases(scene, choice), Store.of(chosen.cache, scene)
    wanted = [
        case for case in known.values() if _matches(case.name, chosen.only) and not _matches(case.name, chosen.skip)
    ]
    if chosen.list:
        _list(wanted, store)
        return 0
    failed = 0
    if not chosen.report:
        store.save_machine(describe_machine())
        with tempfile.TemporaryDirectory(dir=chosen.scratch) as scratch:
            bench = Bench(scene, Path(scratch), choice.settings)
            failed = run_cases(wanted, store, bench, lambda line: print(line, flush=True), fresh=chosen.fresh)
    write_report(chosen.out, store, known, scene)
    print(chosen.out)
    return 1 if failed else 0


def _list(wanted: Sequence[Case], store: Store) -> None:
    seconds = 0.0
    for case in wanted:
        runs = 0 if case.lacks else case.runs - done(store.load(case))
        state = case.lacks or (f"{runs} x {case.seconds:.0f} s" if runs > 0 else "done")
        print(f"{case.name:24} {case.title:44} {case.megapixels:6g} Mpx  {state}")
        seconds += max(runs, 0) * case.seconds
    print(f"about {seconds / 60:.0f} min")


def _sample() -> Path:
    from pipeline.run.sample import get_sample

    return get_sample(Path("samples")).scenes[0]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _words(text: str) -> list[str]:
    return text.split(",")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scene", nargs="?", type=Path, help="a large scene; without one the sample, which is small")
    parser.add_argument("--only", type=_words, default=["*"], metavar="PATTERN,...", help="cases; see --list")
    parser.add_argument("--skip", type=_words, default=[], metavar="PATTERN,...", help="cases not to run")
    parser.add_argument("--runs", type=int, default=3, help="of each case of ours; the median counts")
    parser.add_argument("--rival-runs", type=int, default=1, help="of each of the others")
    parser.add_argument("--rival-mpx", type=float, default=25.0, help="megapixels that the others get")
    parser.add_argument("--shepherd", default=sys.executable, metavar="PYTHON", help="one that has pyshepseg")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="for ours")
    parser.add_argument("--revision", default="", help="name of our program's state in the cache; else a hash")
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "speed", help="folder of results")
    parser.add_argument("--scratch", type=Path, help="folder for what is needed for a while")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "performance.md", help="the page")
    parser.add_argument("--fresh", action="store_true", help="run again what has a result")
    parser.add_argument("--list", action="store_true", help="say what there is to run")
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
