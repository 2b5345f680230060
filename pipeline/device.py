"""Which device arithmetic runs on, found out without torch where that can be."""

from importlib.metadata import version
from typing import Literal

from pipeline.errors import ConfigError


def pick_device(name: Literal["auto", "cpu", "cuda"]) -> str:
    """Return "cpu" or "cuda".

    Raises:
        ConfigError: CUDA was asked for and there is none.
    """
    there = name != "cpu" and has_cuda()
    if name == "cuda" and not there:
        raise ConfigError('cluster.device = "cuda", but torch finds no CUDA device here; set cluster.device to "auto"')
    return "cuda" if there else "cpu"


def has_cuda() -> bool:
    """Tell whether torch finds a CUDA device."""
    # To import torch takes two seconds; that a build is for processors alone its version tells.
    if version("torch").endswith("+cpu"):
        return False
    import torch

    return torch.cuda.is_available()
