"""Where and how arithmetic runs: device, threads, and switches that keep bits the same from run to run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import torch

from pipeline.errors import ConfigError


def pick_device(name: Literal["auto", "cpu", "cuda"]) -> str:
    """Return "cpu" or "cuda".

    Raises:
        ConfigError: CUDA was asked for and there is none.
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise ConfigError('cluster.device = "cuda", but torch finds no CUDA device here; set cluster.device to "auto"')
    return "cuda" if there and name != "cpu" else "cpu"


@contextmanager
def arithmetic(threads: int) -> Iterator[None]:
    """Compute with so many threads and with deterministic kernels in full float32 while the block runs.

    The thread count comes from the configuration, never from the machine: sums are rounded in the order of threads.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_num_threads(before)
