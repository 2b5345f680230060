import platform
import subprocess
import sys

import pytest
import torch

from pipeline.errors import ConfigError
from pipeline.train.device import arithmetic, pick_device


@pytest.mark.parametrize(
    ("name", "there", "device"),
    [
        ("auto", True, "cuda"),
        ("auto", False, "cpu"),
        ("cpu", True, "cpu"),
        ("cpu", False, "cpu"),
        ("cuda", True, "cuda"),
    ],
)
def test_device_is_cuda_where_it_is_wanted_and_there(monkeypatch, name, there, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert pick_device(name) == device


def test_cuda_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match=r"cluster\.device"):
        pick_device("cuda")


def state():
    cudnn = torch.backends.cudnn
    return torch.get_num_threads(), cudnn.benchmark, cudnn.deterministic, cudnn.allow_tf32


@pytest.mark.parametrize("threads", [1, 3])
def test_arithmetic_holds_within_the_block_alone(threads):
    before = state()
    with arithmetic(threads):
        assert state() == (threads, False, True, False)
    assert state() == before
    with pytest.raises(KeyError), arithmetic(threads):
        raise KeyError
    assert state() == before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps what it keeps")
def test_what_was_freed_can_be_given_back():
    """In a process of its own, as a worker: kept blocks stay until they are given back."""
    code = (
        "import psutil, torch\n"
        "from pipeline.train.device import keep_freed_memory, release_freed_memory\n"
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
