"""What this machine has to give: cores, memory, disk; within the limits of a container or batch job."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

# Linux's control groups, version 2 or 1: where this process's groups are named, and where they are shown.
_MEMBERSHIP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
# Limit, usage, and the part of the usage that is file cache the kernel gives up on demand.
_MEMORY = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


# What torch, its libraries and compiled kernels choose their code by, on processors of either kind.
_INSTRUCTIONS = ("avx2", "fma", "avx512f", "avx512bf16", "amx-bf16", "neon", "sve", "bf16")
# By which torch is told to do without some.
_TOLD = "ATEN_CPU_CAPABILITY"


def instructions() -> str:
    """Name the kinds of instructions that arithmetic may use here; sums are rounded as it is grouped."""
    from llvmlite.binding import get_host_cpu_features

    there = get_host_cpu_features()
    found = " ".join(name for name in _INSTRUCTIONS if there.get(name))
    return f"{found}, {_TOLD}={os.environ[_TOLD]}" if _TOLD in os.environ else found


def cores() -> int:
    """Return the number of cores that this process may use."""
    found = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for group in _groups("cpu"):
        # Version 2 has both numbers in one file: microseconds of work in a period of so many.
        words = _words(group / "cpu.max") or [
            *_words(group / "cpu.cfs_quota_us"),
            *_words(group / "cpu.cfs_period_us"),
        ]
        if len(words) > 1 and words[0].isdigit():
            found = min(found, max(-(-int(words[0]) // int(words[1])), 1))
    return found


def available_memory() -> int:
    """Return the bytes of memory that can be had now."""
    available = int(psutil.virtual_memory().available)
    for group in _groups("memory"):
        for limit_file, usage_file, cache in _MEMORY:
            limit, usage = _words(group / limit_file), _words(group / usage_file)
            if limit and usage and limit[0].isdigit():
                statistics = _words(group / "memory.stat")
                spare = int(statistics[statistics.index(cache) + 1]) if cache in statistics else 0
                available = min(available, max(int(limit[0]) - int(usage[0]) + spare, 0))
    return available


def free_disk(folder: Path) -> int:
    """Return the free bytes of the file system that a folder, which need not exist yet, is on."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def used_disk(folder: Path) -> int:
    """Return the bytes of all files in a folder, which need not exist."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return 0


def _groups(controller: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, each before the one around it."""
    try:
        lines = _MEMBERSHIP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        top = _GROUPS / controller if controllers else _GROUPS
        group = top / name.strip("/")
        # A container may show its own group as the top, and still name it from outside.
        while group != top:
            yield group
            group = group.parent
        yield top


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:
        return []
