"""The k-means of `kmeans` by torch, for GPUs: the same labels to the pixel, on any device.

Every step rounds as the compiled one does: whole numbers until a sum is divided, then one operation of float32 at a
time, in the same order.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.presegment.lattice import Axis
from pipeline.presegment.nearest import FAR, NINE


@torch.inference_mode()
def cluster_on(
    device: str,
    features: NDArray[np.int16],
    valid: NDArray[np.bool_],
    axes: tuple[Axis, Axis],
    *,
    weight: np.float32,
    iterations: int,
) -> NDArray[Any]:
    """Cluster valid pixels, from the means of the lattice's cells.

    Args:
        device: as torch names it.
        features: (bands, h, w).
        valid: (h, w).
        axes: the cells along rows and along columns.
        weight: what a squared pixel of distance weighs beside a squared unit of the features.
        iterations: rounds of assigning pixels; fewer where nothing changes any more.

    Returns:
        (h, w) int32, as `kmeans.cluster`.

    Raises:
        RuntimeError: the device has too little memory, 80 bytes a pixel or so, or does not work.
    """
    lattice = _Lattice(device, axes)
    colours, inside = torch.from_numpy(features).to(device), torch.from_numpy(valid).to(device)
    labels = torch.where(inside, lattice.cell, 0)
    means = torch.full((lattice.cells, len(features) + 2), torch.nan, device=device)
    for _ in range(iterations):
        means = lattice.average(colours, labels, means)
        nearest = torch.where(inside, lattice.nearest(colours, means, float(weight)), 0)
        if torch.equal(nearest, labels):
            break
        labels = nearest
    found: NDArray[Any] = labels.to(torch.int32).cpu().numpy()
    return found


class _Lattice:
    """The cells, and where pixels are among them."""

    def __init__(self, device: str, axes: tuple[Axis, Axis]) -> None:
        (row_cell, row_origin), (column_cell, column_origin) = (
            (torch.from_numpy(axis.cell.astype(np.int64)).to(device), torch.from_numpy(axis.origin).to(device))
            for axis in axes
        )
        self.columns, self.cells = len(column_origin), len(row_origin) * len(column_origin)
        self.cell = row_cell[:, None] * self.columns + column_cell
        """(h, w): number of the cell that a pixel lies in."""
        self._origin = torch.stack(
            [row_origin.repeat_interleave(self.columns), column_origin.repeat(len(row_origin))], dim=1
        )
        self._place = [torch.arange(len(cell), device=device) for cell in (row_cell, column_cell)]

    def average(self, colours: Tensor, labels: Tensor, means: Tensor) -> Tensor:
        """Return means of features, and of rows and columns from the cell's origin; of the empty those there are."""
        down, along = self._place
        planes = [*colours, down[:, None].expand_as(labels), along.expand_as(labels), torch.ones_like(labels)]
        flat, sums = labels.ravel(), torch.zeros((self.cells, len(planes)), dtype=torch.int64, device=labels.device)
        for number, plane in enumerate(planes):
            sums[:, number].index_add_(0, flat, plane.to(torch.int64).ravel())
        # Of pixels outside.
        sums[0] = 0
        count = sums[:, -1:]
        whole = torch.cat([sums[:, :-3], sums[:, -3:-1] - count * self._origin], dim=1)
        return torch.where(count > 0, (whole.double() / count).float(), means)

    def nearest(self, colours: Tensor, means: Tensor, weight: float) -> Tensor:
        """Return (h, w) the nearest of the nine cells in and around a pixel's own, the first of equals."""
        known = ~means[:, -1].isnan()
        means = torch.where(known[:, None], means, 0).T.contiguous()
        down, along = self._place
        best = torch.full(self.cell.shape, torch.inf, device=colours.device)
        which = torch.zeros_like(self.cell)
        for turn in range(NINE):
            cell = self.cell + (turn // 3 - 1) * self.columns + turn % 3 - 1
            there = known[cell]
            step = (along - self._origin[cell, 1]).float() - means[-1][cell]
            aside = torch.where(there, weight * (step * step), float(FAR))
            step = (down[:, None] - self._origin[cell, 0]).float() - means[-2][cell]
            distance = aside + weight * (step * step)
            for colour, mean in zip(colours, means[:-2], strict=True):
                step = colour.float() - mean[cell]
                distance += step * step
            nearer = distance < best
            which = torch.where(nearer, cell, which)
            best = torch.where(nearer, distance, best)
        return which
