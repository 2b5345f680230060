"""Where and how arithmetic runs: device, threads, and switches that keep bits the same from run to run."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal

import torch

from pipeline.errors import ConfigError

# Numbers of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def pick_device(name: Literal["auto", "cpu", "cuda"]) -> str:
    """Return "cpu" or "cuda".

    Raises:
        ConfigError: CUDA was asked for and there is none.
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise ConfigError('cluster.device = "cuda", but torch finds no CUDA device here; set cluster.device to "auto"')
    return "cuda" if there and name != "cpu" else "cpu"


@cache
def keep_freed_memory() -> None:
    """Let glibc keep what is freed instead of giving it back to the system at once.

    Every step frees and takes the same megabytes; returning them makes page faults, which under Dask (it sets a trim
    threshold of 64 KB, and with it a fixed small threshold for mmap) were most of the time. Blocks above 32 MB, the
    most that glibc allows here, still go back: kept, they fragment the heap and raise the peak by a half.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        # Another C library; it does what it does.
        return
    mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_M_MMAP_THRESHOLD, 32 * 2**20)


def release_freed_memory() -> None:
    """Have glibc give back to the system what is freed and kept: after a training, tiles need less."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        # As above.
        return


@contextmanager
def arithmetic(threads: int) -> Iterator[None]:
    """Compute with so many threads and with deterministic kernels in full float32 while the block runs.

    The thread count comes from the configuration, never from the machine: sums are rounded in the order of threads.
    """
    keep_freed_memory()
    cudnn, switches = torch.backends.cudnn, {"benchmark": False, "deterministic": True, "allow_tf32": False}
    before, threads_before = {name: getattr(cudnn, name) for name in switches}, torch.get_num_threads()
    torch.set_num_threads(threads)
    for name, value in switches.items():
        setattr(cudnn, name, value)
    try:
        yield
    finally:
        torch.set_num_threads(threads_before)
        for name, value in before.items():
            setattr(cudnn, name, value)
