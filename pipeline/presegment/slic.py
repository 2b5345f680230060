"""Simple linear iterative clustering (Achanta et al., TPAMI 2012) on a lattice over the whole scene, compiled.

Every step looks only so far (`reach`), counts from the lattice and not from the image's corner, and adds whole numbers:
tiles whose halo is that wide have the very superpixels of the scene in one piece.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from pipeline.colour import to_lab
from pipeline.config.presegment import SlicConfig
from pipeline.device import memory_lacks
from pipeline.image import TRUNCATE, smooth
from pipeline.presegment.absorb import ROUNDS, absorb
from pipeline.presegment.finish import finish
from pipeline.presegment.kmeans import cluster
from pipeline.presegment.lattice import Axis, step_of

# Colours are compared in steps of 1/256: L, a, b of sRGB are within -108..100, hundredths within 0..100, so that 16
# bits hold them.
_UNIT = 256
# A part that is less than this share of a cell goes to a neighbour.
_SMALL = 0.25


def reach(config: SlicConfig) -> int:
    """Return how far away a pixel can lie that has a say in which superpixel a pixel is in: rows or columns.

    In cells around the pixel's own: the first assignment sees the means of cells one away; each further one those of
    superpixels one away, whose pixels lie up to one more away. A part of a superpixel extends to two from any of its
    pixels, its neighbours, which must be known whole, to two more; every further round asks what lies beside a part.
    """
    cells = 1 + 2 * (config.iterations - 1) + 2 + 2 * ROUNDS
    # A pixel at one side of its cell, to the other side of the last cell; a pixel a round from a part to its neighbour.
    return ceil((cells + 1) * step_of(config.n_segments)) + ROUNDS + _radius(config) + 1


def segment(
    image: NDArray[np.float32],
    valid: NDArray[np.bool_],
    config: SlicConfig,
    place: tuple[int, int],
    device: str,
) -> NDArray[np.int32]:
    """Cluster pixels by place and colour: CIE Lab of three bands taken as sRGB, else the bands times 100.

    A distance in colour of `compactness` weighs as much as one step of the lattice that the clusters start from.

    Returns:
        (h, w) segments from 1; 0 at invalid pixels.
    """
    step = step_of(config.n_segments)
    rows, columns = (Axis.of(first, length, step) for first, length in zip(place, valid.shape, strict=True))
    valid = np.ascontiguousarray(valid)
    weight = np.float32((_UNIT * config.compactness / step) ** 2)
    features = _features(image, valid, config)
    labels = _cluster(device, features, valid, (rows, columns), weight=weight, iterations=config.iterations)
    parts = finish(labels, valid)
    cells = np.zeros(int(parts.max()) + 1, np.int32)
    cells[parts.ravel()] = labels.ravel()
    owner = absorb(parts, cells, _SMALL * step * step)
    labels = owner[parts]
    # Noise has no part that is large: there the lattice's cells are as good as any.
    y, x = np.nonzero((labels == 0) & valid)
    labels[y, x] = len(owner) + rows.cell[y] * np.int32(len(columns.origin)) + columns.cell[x]
    return finish(labels, valid)


def _cluster(
    device: str,
    features: NDArray[np.int16],
    valid: NDArray[np.bool_],
    axes: tuple[Axis, Axis],
    *,
    weight: np.float32,
    iterations: int,
) -> NDArray[np.int32]:
    """Cluster on a device, or here where its memory does not do: the labels are the same."""
    rows, columns = axes
    if device != "cpu":
        from pipeline.presegment.device_kmeans import cluster_on

        try:
            return cluster_on(device, features, valid, axes, weight=weight, iterations=iterations)
        except RuntimeError as error:
            if memory_lacks(error) is None:
                raise
    labels: NDArray[np.int32] = cluster(
        features, valid, rows.cell, columns.cell, rows.origin, columns.origin, weight, iterations
    )
    return labels


def _features(image: NDArray[np.float32], valid: NDArray[np.bool_], config: SlicConfig) -> NDArray[np.int16]:
    """Return smoothed colours (bands, h, w) in whole units."""
    colours = to_lab(image)
    if _radius(config):
        # A ring of nodata: else what is mirrored at the image's edge would be cut where a larger one has nodata there.
        ring = (1, 1)
        wide = smooth(np.pad(colours, [(0, 0), ring, ring]), np.pad(valid, ring), config.sigma)
        colours = wide[:, 1:-1, 1:-1]
    features = np.empty(colours.shape, np.int16)
    for band, colour in zip(features, colours, strict=True):
        whole = np.rint(colour * np.float32(_UNIT))
        np.copyto(band, np.clip(whole, -(2**15), 2**15 - 1, out=whole), casting="unsafe")
    return features


def _radius(config: SlicConfig) -> int:
    return int(TRUNCATE * config.sigma + 0.5)
