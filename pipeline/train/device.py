"""How arithmetic runs: threads, and switches that keep bits the same from run to run."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pipeline.heap import keep_freed_memory


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
