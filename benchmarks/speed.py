"""Time and memory of whole runs: wall and CPU seconds, and the peak of memory summed over all processes.

    python benchmarks/speed.py [SCENE...] [--runs N] [-- further arguments of `aerialseg segment`]

Without a scene it takes the sample. Prints a line per run and a table of medians.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_INTERVAL = 0.1


@dataclass(frozen=True)
class Figures:
    """One run of a command."""

    wall: float
    cpu: float
    memory: float
    """Peak over time of the sum over processes, in GB; shared pages are counted once (PSS) where the system tells."""


def measure(command: Sequence[str], *, quiet: bool = False) -> Figures:
    """Run a command and its children to the end; `quiet`: what it prints is thrown away.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before = os.times()
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL if quiet else None) as process:  # noqa: S603 - our own command
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
        watcher.start()
        code = process.wait()
    wall = time.perf_counter() - started
    watcher.join()
    if code:
        raise subprocess.CalledProcessError(code, command)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Figures(wall, cpu, peak[0] / 1e9)


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        try:
            root = psutil.Process(pid)
            peak[0] = max(peak[0], sum(_memory(one) for one in [root, *root.children(recursive=True)]))
        except psutil.NoSuchProcess:
            return
        time.sleep(_INTERVAL)


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return 0


def main() -> None:
    """Measure every scene."""
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    arguments = parser.parse_args(words[:cut])
    scenes = arguments.scenes
    if not scenes:
        from pipeline.run.sample import get_sample

        scenes = get_sample(Path("samples")).scenes
    rows = []
    for scene in scenes:
        runs = []
        for _ in range(arguments.runs):
            with tempfile.TemporaryDirectory() as out:
                command = [sys.executable, "-m", "pipeline", "segment", str(scene), "--out", out, *words[cut + 1 :]]
                runs.append(measure(command))
            print(f"{scene.name}: {runs[-1]}", flush=True)
        rows.append((scene.name, runs))
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; medians:")
    print(f"{'scene':32} {'wall s':>8} {'CPU s':>8} {'GB':>6}")
    for name, runs in rows:
        middle = [statistics.median(getattr(run, key) for run in runs) for key in ("wall", "cpu", "memory")]
        print(f"{name:32} {middle[0]:8.1f} {middle[1]:8.1f} {middle[2]:6.2f}")


if __name__ == "__main__":
    main()
