"""How arithmetic runs: threads, and switches that keep bits the same from run to run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from pipeline.heap import keep_freed_memory


@contextmanager
def arithmetic(threads: int) -> Iterator[None]:
    """Compute with so many threads and with deterministic kernels in full float32 while the block runs.

    The thread count comes from the configuration, never from the machine: sums are rounded in the order of threads.
    """
    keep_freed_memory()
    cudnn, products = torch.backends.cudnn, torch.backends.cuda.matmul
    switches: list[tuple[Any, str, bool]] = [
        (cudnn, "benchmark", False),
        (cudnn, "deterministic", True),
        (cudnn, "allow_tf32", False),
        # Some containers allow it by an environment variable.
        (products, "allow_tf32", False),
        (products, "allow_bf16_reduced_precision_reduction", False),
    ]
    before, threads_before = [getattr(where, name) for where, name, _ in switches], torch.get_num_threads()
    torch.set_num_threads(threads)
    for where, name, value in switches:
        setattr(where, name, value)
    try:
        yield
    finally:
        torch.set_num_threads(threads_before)
        for (where, name, _), value in zip(switches, before, strict=True):
            setattr(where, name, value)
