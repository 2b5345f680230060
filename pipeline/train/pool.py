"""What a training sees: one or many patches of equal size, with their pre-segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.layer import thin


@dataclass(frozen=True)
class Batch:
    """Some patches of a pool on the device; segments are counted through all of them."""

    indices: Tensor
    images: Tensor
    valid: Tensor | None
    """(n, 1, h, w) bool; None when every pixel is valid."""

    segments: Tensor
    """Where responses are: (n, h / stride, w / stride) int64."""

    segment_count: int
    inside: Tensor | None
    """`valid` where responses are: (n, 1, h / stride, w / stride)."""


@dataclass(frozen=True)
class Pool:
    """Patches as the network sees them, with their pre-segments."""

    images: Tensor
    """(P, channels, h, w) float32, widened by the network's context."""

    segments: Tensor
    """(P, h, w) int32, 1..n within each patch, 0 = outside."""

    targets: Tensor | None = None
    """(P, h, w) int16: what a start from clusters learns, 0 = nothing (outside)."""

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, indices: Sequence[int], device: str, stride: int = 1) -> Batch:
        """Gather patches onto the device, with segments counted on from patch to patch; see `Network.stride`."""
        chosen = torch.as_tensor(indices)
        segments = self.segments[chosen].to(torch.int64)
        highest = segments.amax((1, 2))
        before = torch.cumsum(highest, 0) - highest
        valid = segments > 0
        segments += before[:, None, None]
        known = None if bool(valid.all()) else valid[:, None].to(device)
        return Batch(
            indices=chosen,
            images=self.images[chosen].to(device, memory_format=torch.channels_last),
            valid=known,
            segments=segments[:, ::stride, ::stride].to(device),
            segment_count=int(highest.sum()),
            inside=thin(known, stride),
        )

    def parts(self, indices: Sequence[int], side: int, random: np.random.Generator) -> "Pool":
        """Cut a square at a random place out of each of these patches; side 0, or a larger one, leaves them whole."""
        rows, columns = (min(side, length) or length for length in self.segments.shape[1:])
        tops = random.integers(self.segments.shape[1] - rows + 1, size=len(indices)).tolist()
        lefts = random.integers(self.segments.shape[2] - columns + 1, size=len(indices)).tolist()
        places = list(zip(indices, tops, lefts, strict=True))

        def cut(planes: Tensor) -> Tensor:
            return torch.stack([planes[i, ..., top : top + rows, left : left + columns] for i, top, left in places])

        return Pool(cut(self.images), cut(self.segments), None if self.targets is None else cut(self.targets))

    def batches(self, size: int, device: str) -> Iterator[Batch]:
        """Yield all patches once, in order."""
        for start in range(0, len(self), size):
            yield self.batch(range(start, min(start + size, len(self))), device)

    def shuffled(self, size: int, seed: int) -> Iterator[list[int]]:
        """Yield indices of batches without end: all patches once in a random order, then in another one.

        No batch holds a patch twice.
        """
        rng = np.random.default_rng(seed)
        size = min(size, len(self))
        waiting: list[int] = []
        while True:
            if len(waiting) < size:
                order = rng.permutation(len(self)).tolist()
                # Those that wait for the batch at hand come last in the next round.
                waiting += sorted(order, key=waiting.__contains__)
            yield waiting[:size]
            waiting = waiting[size:]


def make_pool(
    patches: Sequence[tuple[NDArray[np.float32], NDArray[np.int32]]], targets: Sequence[NDArray[np.int64]] | None = None
) -> Pool:
    """Stack patches, filling smaller ones up with outside.

    Args:
        patches: each (channels, h, w) as the network sees it, and (h, w) segments with a pixel inside; these are
            renumbered to 1..n within each patch, and 0 stays 0.
        targets: of each patch (h, w), 0 outside; None: there is nothing to start from.
    """
    height = max(image.shape[1] for image, _ in patches)
    width = max(image.shape[2] for image, _ in patches)
    images = torch.zeros((len(patches), patches[0][0].shape[0], height, width))
    segments = torch.zeros((len(patches), height, width), dtype=torch.int32)
    for index, (image, labels) in enumerate(patches):
        rows, columns = labels.shape
        images[index, :, :rows, :columns] = torch.from_numpy(image)
        segments[index, :rows, :columns] = torch.from_numpy(_dense(labels))
    if targets is None:
        return Pool(images, segments)
    wanted = torch.zeros((len(patches), height, width), dtype=torch.int16)
    for index, part in enumerate(targets):
        wanted[index, : part.shape[0], : part.shape[1]] = torch.from_numpy(part)
    return Pool(images, segments, wanted)


def crop_pool(
    image: NDArray[np.float32],
    segments: NDArray[np.int32],
    side: int,
    count: int,
    seed: int,
    *,
    targets: NDArray[np.int64] | None = None,
) -> Pool:
    """Cut `count` patches of side x side pixels out of one tile at random places that hold valid pixels.

    Side 0, or a tile no larger than a patch, gives the whole tile as the only patch.
    """
    rows, columns = segments.shape
    if side == 0 or (rows <= side and columns <= side):
        return make_pool([(image, segments)], None if targets is None else [targets])
    rng = np.random.default_rng(seed)
    # A patch is drawn around a random valid pixel, so that a tile that is mostly nodata needs no luck.
    centres = rng.choice(np.flatnonzero(segments), size=count)
    places = []
    for centre in centres:
        top = int(np.clip(centre // columns - side // 2, 0, max(rows - side, 0)))
        left = int(np.clip(centre % columns - side // 2, 0, max(columns - side, 0)))
        places.append((slice(top, top + side), slice(left, left + side)))
    return make_pool(
        [(image[:, *place], segments[place]) for place in places],
        None if targets is None else [targets[place] for place in places],
    )


def _dense(segments: NDArray[np.int32]) -> NDArray[np.int32]:
    seen = np.zeros(int(segments.max(initial=0)) + 1, dtype=np.int32)
    seen[segments.ravel()] = 1
    seen[0] = 0
    numbers = np.cumsum(seen, dtype=np.int32) * seen
    return numbers[segments]
