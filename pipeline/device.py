"""Which device arithmetic runs on, and whether its memory ran out; found out without torch where that can be."""

import subprocess
from functools import cache
from importlib.metadata import version
from typing import Literal

from pipeline.errors import ConfigError

_TOOL_S = 30
_CPU_SAYS = "memory: you tried to allocate"
# Of CUDA itself, of cuBLAS, and of cuDNN, which tries plan after plan until none is left.
_GPU_SAYS = ("CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "unable to find an engine to execute")


def pick_device(name: Literal["auto", "cpu", "cuda"]) -> str:
    """Return "cpu" or "cuda".

    Raises:
        ConfigError: CUDA was asked for and there is none.
    """
    there = name != "cpu" and has_cuda()
    if name == "cuda" and not there:
        raise ConfigError('cluster.device = "cuda", but torch finds no CUDA device here; set cluster.device to "auto"')
    return "cuda" if there else "cpu"


@cache
def gpu_models() -> str:
    """Name the models of this machine's GPUs; "unknown" where their driver's own tool does not tell.

    torch would tell by opening one, which may then be closed to the workers.
    """
    try:
        words = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        said = subprocess.run(words, capture_output=True, text=True, timeout=_TOOL_S, check=True).stdout  # noqa: S603 - as it is
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return ", ".join(sorted({line.strip() for line in said.splitlines() if line.strip()})) or "unknown"


def memory_lacks(error: BaseException) -> Literal["cpu", "gpu"] | None:
    """Tell whose memory ran out, if that is what an error says; torch and its libraries have many words for it."""
    said = str(error)
    if type(error).__name__ == "OutOfMemoryError" or any(words in said for words in _GPU_SAYS):
        return "gpu"
    return "cpu" if isinstance(error, MemoryError) or _CPU_SAYS in said else None


def has_cuda() -> bool:
    """Tell whether torch finds a CUDA device."""
    # To import torch takes two seconds; that a build is for processors alone its version tells.
    if version("torch").endswith("+cpu"):
        return False
    import torch

    return torch.cuda.is_available()
