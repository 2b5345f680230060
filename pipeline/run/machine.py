"""What this machine has to give: cores, memory, disk."""

import os
import shutil
from pathlib import Path

import psutil

_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def available_memory() -> int:
    """Return the bytes of memory that can be had now, within the limit of a container or batch job."""
    available = int(psutil.virtual_memory().available)
    for limit_file, usage_file in _CGROUPS:
        try:
            limit, usage = Path(limit_file).read_text(encoding="ascii"), Path(usage_file).read_text(encoding="ascii")
        except OSError:
            continue
        if limit.strip().isdigit():
            available = min(available, max(int(limit) - int(usage), 0))
    return available


def free_disk(folder: Path) -> int:
    """Return the free bytes of the file system that a folder, which need not exist yet, is on."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
