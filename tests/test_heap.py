import gc
import platform
import subprocess
import sys

import pytest

from pipeline.heap import importing


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps what it keeps")
def test_what_was_freed_can_be_given_back():
    """In a process of its own, as a worker: kept blocks stay until they are given back."""
    code = (
        "import psutil, torch\n"
        "from pipeline.heap import keep_freed_memory, release_freed_memory\n"
        "keep_freed_memory()\n"
        "held = [torch.ones(2**20) for _ in range(100)]\n"
        "last = torch.ones(2**20)\n"
        "del held\n"
        "kept = psutil.Process().memory_info().rss\n"
        "release_freed_memory()\n"
        "print((kept - psutil.Process().memory_info().rss) // 2**20)"
    )
    given = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert int(given.stdout) > 300


def test_what_is_there_after_imports_is_not_looked_through():
    gc.unfreeze()
    before = gc.get_threshold()
    # As Python begins; another test of this process may have set it already.
    gc.set_threshold(700, 10, 10)
    try:
        with importing():
            assert not gc.isenabled()
            cycle: list[object] = []
            cycle.append(cycle)
        assert gc.isenabled()
        assert gc.get_freeze_count() > 1000
        assert not any(one is cycle for one in gc.get_objects())
        assert gc.get_threshold() > (700, 10, 10)
        with pytest.raises(KeyError), importing():
            raise KeyError
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
