"""What is done where a device's memory runs out in a training step: the step again, with less kept on the way.

Neither the patch nor the batch is made smaller, since both change the batch's statistics and with them the result.
"""

from collections.abc import Callable
from typing import TypeVar

import torch

from pipeline.device import memory_lacks
from pipeline.net import Network

Result = TypeVar("Result")


def frugally(network: Network, step: Callable[[], Result]) -> Result:
    """Run a step of a training; where memory runs out, run it again with each layer computed twice and not kept.

    Args:
        network: what is trained; once memory has run out it stays frugal.
        step: forward and backward pass; may be run twice.

    Raises:
        RuntimeError: that does not do either.
    """
    try:
        return step()
    except RuntimeError as error:
        if network.frugal or memory_lacks(error) is None:
            raise
    # Outside of the handler, which holds on to what the step has had.
    network.frugal = True
    give_back_memory()
    return step()


def give_back_memory() -> None:
    """Have torch give back what it keeps of a GPU for later."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
