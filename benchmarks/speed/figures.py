"""Time and memory of a command: wall and CPU seconds, and the peak of memory summed over all of its processes."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

import psutil

_INTERVAL = 0.1
# Most of a core that watching may take: the system walks through a process's pages to tell its share of them.
_SHARE = 0.04
# How long the machine is watched before a run.
_LOOK = 1.0


@dataclass(frozen=True)
class Figures:
    """One run of a command."""

    wall: float
    cpu: float
    memory: float
    """Peak over time of the sum over processes, in GB; shared pages are counted once (PSS) where the system tells."""

    others: float = 0.0
    """CPU seconds that the machine spent on anything else meanwhile, those that its host took from it included."""


@dataclass(frozen=True)
class Load:
    """What a machine did before a run began."""

    average: float
    """Load average of the minute before; a run that ended then counts, too."""

    busy: float
    """Cores that were busy in the last second."""


def look_at_load() -> Load:
    """Watch the machine for a second."""
    before = _busy()
    time.sleep(_LOOK)
    return Load(os.getloadavg()[0], (_busy() - before) / _LOOK)


def measure(
    command: Sequence[str],
    *,
    quiet: bool = False,
    environment: Mapping[str, str] | None = None,
    log: IO[str] | None = None,
) -> Figures:
    """Run a command and its children to the end.

    Args:
        command: its words.
        quiet: what it prints is thrown away.
        environment: variables beside those of this process.
        log: takes all that it prints, errors included.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before, busy = os.times(), _busy()
    started = time.perf_counter()
    variables = {**os.environ, **(environment or {})}
    printed = subprocess.DEVNULL if quiet else log
    with subprocess.Popen(command, stdout=printed, stderr=log, env=variables) as process:  # noqa: S603 - our own command
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
    return Figures(wall, cpu, peak[0] / 1e9, max(_busy() - busy - cpu, 0.0))


def _busy() -> float:
    times = psutil.cpu_times()
    stolen = getattr(times, "irq", 0) + getattr(times, "softirq", 0) + getattr(times, "steal", 0)
    return float(times.user + getattr(times, "nice", 0) + times.system + stolen)


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        began = time.thread_time()
        try:
            root = psutil.Process(pid)
            peak[0] = max(peak[0], sum(_memory(one) for one in [root, *root.children(recursive=True)]))
        except psutil.NoSuchProcess:
            return
        time.sleep(max(_INTERVAL, (time.thread_time() - began) / _SHARE))


def _memory(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
        return int(getattr(full, "pss", full.rss))
    except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return 0
