"""Damaged rasters and senseless settings by the thousand: each must give a plan, a map, or one sentence.

    python -m benchmarks.fuzz --cases 20000 --seed 1 --keep findings [--real folder-of-rasters]

Cases run in a process of their own, which is watched: that it dies or hangs is a finding, as is any traceback.
"""

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from benchmarks.fuzzing.seeds import find_seeds, write_seeds
from benchmarks.fuzzing.trial import Verdict, describe, try_case

# A case may wait for the reader's limit of 20 s, and read the file itself afterwards.
_PATIENCE = 60
_MOST_BYTES = 16 * 2**30


def main() -> int:
    """Run cases until their number or the time is up; return 1 if there was a finding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--run-share", type=float, default=0.04, help="share of good rasters that are segmented")
    parser.add_argument("--keep", type=Path, default=Path("findings"), help="folder for what was found")
    parser.add_argument("--real", type=Path, help="folder of rasters to damage, beside those made here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        seeds = write_seeds(folder / "seeds") + (find_seeds(options.real) if options.real else [])
        counts = _run(options, folder, seeds)
    print(f"{sum(counts.values())} cases: {describe(counts)}")
    return 1 if set(counts) & {"traceback", "hang", "crash"} else 0


def _run(options: argparse.Namespace, folder: Path, seeds: list[Path]) -> Counter[str]:
    counts: Counter[str] = Counter()
    until = time.monotonic() + options.seconds
    worker = _Worker(options, folder, seeds)
    for number in range(options.first, options.first + options.cases):
        if time.monotonic() > until:
            break
        verdict = worker.ask(number)
        counts[verdict.kind] += 1
        if verdict.kind not in {"accepted", "read", "segmented", "refused"}:
            options.keep.mkdir(parents=True, exist_ok=True)
            print(f"{number}: {verdict.kind}: {verdict.text.strip().splitlines()[-1:]}", file=sys.stderr)
            (options.keep / f"{number}.said").write_text(f"{verdict.kind}\n{verdict.text}\n", encoding="utf-8")
            for file in folder.glob(f"cases/{number}.*"):
                shutil.copy(file, options.keep)
        for file in folder.glob(f"cases/{number}.*"):
            file.unlink()
        if sum(counts.values()) % 500 == 0:
            print(f"{sum(counts.values())} cases: {describe(counts)}", file=sys.stderr, flush=True)
            shutil.rmtree(folder / "cases" / "out", ignore_errors=True)
    worker.end()
    return counts


class _Worker:
    """The process that the program runs in; another takes its place when it is gone."""

    def __init__(self, options: argparse.Namespace, folder: Path, seeds: list[Path]) -> None:
        self._options, self._folder, self._seeds = options, folder / "cases", seeds
        self._folder.mkdir()
        self._start()

    def ask(self, number: int) -> Verdict:
        try:
            self._pipe.send(number)
            if not self._pipe.poll(_PATIENCE):
                self.end()
                self._start()
                return Verdict(number, "hang", f"no answer within {_PATIENCE} s")
            verdict: Verdict = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(10)
            code = self._process.exitcode
            self._start()
            return Verdict(number, "crash", f"exit code {code}")
        return verdict

    def end(self) -> None:
        with suppress(OSError):
            self._pipe.close()
        # Its own reader ends when nobody asks it any more.
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, self._options.seed, self._seeds, self._folder, self._options.run_share)
        self._process: SpawnProcess = context.Process(target=_answer, args=arguments, daemon=True)
        self._process.start()
        theirs.close()


def _answer(pipe: Connection, seed: int, seeds: list[Path], folder: Path, run_share: float) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    while True:
        try:
            number = pipe.recv()
        except EOFError:
            return
        pipe.send(try_case(number, seed, seeds, folder, run_share=run_share))


if __name__ == "__main__":
    sys.exit(main())
