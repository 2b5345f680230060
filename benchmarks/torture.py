"""Kill a data set's run again and again until it is done, and hold what it left against an undisturbed run.

    python benchmarks/torture.py a.tif b.tif --kills 50 -- --set tiles.size=256

At random moments a SIGKILL goes to one worker, to the main process (where the scheduler lives), or to all of them; then
the same command is given again. When the data set is done before the kills are, it begins anew, elsewhere. What must
hold: every file is the same to the byte (polygons: the same content; times may differ), no file is left over, nothing
that was finished is done again, and no worker outlives its parent by 5 s.
"""

import argparse
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.processes import workers_of

# What tells of times, and nothing else.
TIMES = {"run.json", "run.log", "summary.json", "index.html"}
SECTION = re.compile(rb'<section id="timings".*?</section>', re.DOTALL)
STAMPS = {"gpkg_contents": "last_change", "gpkg_metadata_reference": "timestamp"}
LINGER_S = 5.0


@dataclass
class Tally:
    """What was seen."""

    kills: dict[str, int] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    lingering: int = 0
    runs: int = 0
    different: list[str] = field(default_factory=list)


def main() -> int:
    """Run it; the exit code is 1 when something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="+", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--longest", type=float, default=15, help="seconds between two kills at most")
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    options = parser.parse_args(own)
    extra = sys.argv[len(own) + 2 :]
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    command = [sys.executable, "-m", "pipeline", "segment", *map(str, options.scenes), *extra, "--out"]
    # Of one name, which is that of the collection.
    whole = folder / "whole" / "out"
    print(f"undisturbed run in {whole}", flush=True)
    started = time.perf_counter()
    subprocess.run([*command, str(whole)], check=True, capture_output=True)  # noqa: S603 - our own
    print(f"  took {time.perf_counter() - started:.0f} s", flush=True)
    tally, chance = Tally(), random.Random(options.seed)  # noqa: S311 - no secret
    while sum(tally.kills.values()) < options.kills:
        out = folder / f"round-{tally.runs}" / "out"
        torture([*command, str(out)], out, tally, chance, options)
        tally.runs += 1
        tally.different += [f"{out.parent.name}: {line}" for line in differences(whole, out)]
        shutil.rmtree(out.parent)
    told = ", ".join(f"{count} of {victim}" for victim, count in sorted(tally.kills.items()))
    print(f"{sum(tally.kills.values())} kills ({told}) over {tally.runs} data sets of {len(options.scenes)} scenes")
    print(f"{len(tally.different)} differences", *tally.different[:20], sep="\n  ")
    print(f"{len(tally.repeated)} finished tiles, priors or scenes done again", *tally.repeated[:20], sep="\n  ")
    print(f"{tally.lingering} workers that outlived their parent by {LINGER_S:.0f} s")
    shutil.rmtree(folder)
    return int(bool(tally.different or tally.repeated or tally.lingering))


def torture(command: list[str], out: Path, tally: Tally, chance: random.Random, options: argparse.Namespace) -> None:
    """Start the command and kill it until it is done."""
    finished: dict[str, int] = {}
    while True:
        process = subprocess.Popen(  # noqa: S603 - our own
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        while True:
            left = options.kills - sum(tally.kills.values())
            try:
                process.wait(chance.uniform(0.5, options.longest) if left > 0 else None)
            except subprocess.TimeoutExpired:
                victim = kill(process, chance)
                tally.kills[victim] = tally.kills.get(victim, 0) + 1
                if victim == "one worker":
                    continue
                tally.lingering += lingering(process)
            break
        said = process.stderr.read().decode() if process.stderr else ""
        finished = compare(finished, states(out), tally)
        print(f"  round {tally.runs}, {sum(tally.kills.values())} kills: {len(finished)} things finished", flush=True)
        if process.returncode == 0:
            return
        if process.returncode > 0:
            last = said.strip().splitlines()[-1:]
            tally.different.append(f"{out.parent.name}: exit code {process.returncode}: {last}")
            return


def kill(process: subprocess.Popen[bytes], chance: random.Random) -> str:
    """Kill the main process, one of its workers, or all."""
    victim = chance.choice(["all", "main process", "one worker"])
    workers = workers_of(process.pid)
    if victim == "one worker" and workers:
        chance.choice(workers).kill()
        return victim
    if victim == "main process":
        process.remembered = workers  # type: ignore[attr-defined]
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
        victim = "all"
    process.wait()
    return victim


def lingering(process: subprocess.Popen[bytes]) -> int:
    """Count workers that live on after their parent."""
    _, alive = psutil.wait_procs(getattr(process, "remembered", []), timeout=LINGER_S)
    return len(alive)


def states(out: Path) -> dict[str, int]:
    """Return when each finished thing was written: tiles, priors, scenes."""
    found = [*out.glob("**/tiles/*.zip"), *out.glob("**/prior.json"), *out.glob("*/manifest.json")]
    return {str(path): path.stat().st_mtime_ns for path in found}


def compare(before: dict[str, int], after: dict[str, int], tally: Tally) -> dict[str, int]:
    """Note what was there before and is written anew."""
    tally.repeated += [path for path, when in after.items() if before.get(path, when) != when]
    return before | after


def differences(whole: Path, other: Path) -> list[str]:
    """Return in words how two folders of results differ."""
    names = {str(path.relative_to(root)) for root in (whole, other) for path in root.rglob("*")}
    found = []
    for name in sorted(names):
        one, two = whole / name, other / name
        if not (one.exists() and two.exists()):
            found.append(f"{name}: {'left over' if two.exists() else 'missing'}")
        elif one.is_file() and one.name not in TIMES and content(one) != content(two):
            found.append(f"{name}: differs")
    return found


def content(path: Path) -> object:
    """Return what a file says, but for times."""
    if path.suffix == ".gpkg":
        return rows(path)
    data = path.read_bytes()
    return SECTION.sub(b"", data) if path.name == "report.html" else data


def rows(path: Path) -> dict[str, list[str]]:
    """Return all rows of all tables of a GeoPackage but for the moment of writing."""
    found: dict[str, list[str]] = {}
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f'pragma table_info("{table}")')]
            kept = [f'"{column}"' for column in columns if column != STAMPS.get(table)]
            found[table] = sorted(map(repr, database.execute(f'select {", ".join(kept)} from "{table}"')))  # noqa: S608
    return found


if __name__ == "__main__":
    sys.exit(main())
