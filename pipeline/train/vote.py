"""Every segment takes the majority label of its pixels."""

import numpy as np
import torch
from torch import Tensor


def tally(labels: Tensor, segments: Tensor, shape: tuple[int, int]) -> Tensor:
    """Count the pixels of each segment and label.

    Args:
        labels: (n,) int64, 0 to K - 1.
        segments: (n,) int64, 0 to S - 1.
        shape: S and K.

    Returns:
        (S, K) int64.
    """
    segment_count, label_count = shape
    index = segments * label_count + labels
    size = segment_count * label_count
    if index.device.type == "cpu":
        # numpy's bincount is several times faster than torch's on a CPU.
        counts = torch.from_numpy(np.bincount(index.numpy(), minlength=size))
    else:
        counts = torch.bincount(index, minlength=size)
    return counts.reshape(shape)


def winners(counts: Tensor) -> Tensor:
    """Return the label of the most pixels for each row of (S, K) counts, the lowest of equals, as (S,) int64."""
    label_count = counts.shape[1]
    # argmax may return any of several maxima on a GPU; this makes every row's maximum unique.
    preference = torch.arange(label_count - 1, -1, -1, device=counts.device)
    return (counts * label_count + preference).argmax(1)
