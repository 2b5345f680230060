"""What becomes of memory that is freed, kept for the next step or given back; and what is not looked through for it."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# Numbers of glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
# New objects before the young, young ones before the middle, middle ones before all others are looked through: Python
# begins at 700. Arrays go as soon as nobody has them; what is left, a few cycles of errors and futures, can wait.
_GARBAGE = (100_000, 20, 100)


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
def importing() -> Iterator[None]:
    """Import within the block what stays as long as the process.

    It is no garbage: to look for some in it, again and again while there comes more, is a sixth of the time that
    importing takes. Nor is it looked through later, which in a forked process would copy the memory; and what comes
    after it is looked through more rarely than Python would.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_GARBAGE)
        gc.enable()
