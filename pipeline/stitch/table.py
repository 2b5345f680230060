"""What is known of labels from the pixels that have them: sums that add up over tiles and over merged labels."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.kernels.sums import totals
from pipeline.texture import MEASURES


@dataclass(frozen=True)
class LabelTable:
    """Sums over the pixels of labels; row k stands for label k, row 0 (outside) is empty."""

    pixels: NDArray[np.int64]
    """(K + 1,)."""

    sums: NDArray[np.float64]
    """(K + 1, bands): sum of the scaled values."""

    squares: NDArray[np.float64]
    """(K + 1, bands): sum of their squares."""

    textures: NDArray[np.float64]
    """(K + 1, 3): sums of the measures of texture."""

    borders: NDArray[np.int64]
    """(K + 1, K + 1): pairs of pixels side by side that have the one label and the other; symmetric, 0 on the
    diagonal."""


def describe_labels(
    image: NDArray[np.float32], rough: NDArray[np.float32], labels: NDArray[np.integer], length: int
) -> LabelTable:
    """Sum up the pixels of each label.

    Args:
        image: (bands, h, w) of 0..1.
        rough: (3, h, w) measures of texture.
        labels: (h, w), 0 = outside, all below `length`.
        length: number of labels, 0 included.
    """
    bands = len(image)
    pixels, sums, squares = totals(labels, np.concatenate([image, rough]), length)
    return LabelTable(pixels, sums[:, :bands], squares[:, :bands], sums[:, bands:], _borders(labels, length))


def describe_images(
    images: Iterable[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.integer]]], length: int, bands: int
) -> LabelTable:
    """Sum up the pixels of labels that several images have in common.

    Args:
        images: each (bands, h, w) of 0..1, its measures of texture (3, h, w), and the label (h, w) of every pixel.
        length: number of labels, 0 included.
        bands: of each image.
    """
    same = np.arange(length)
    tables = ((describe_labels(image, rough, labels, length), same) for image, rough, labels in images)
    return add_tables(tables, length, bands)


def add_tables(tables: Iterable[tuple[LabelTable, NDArray[np.integer]]], length: int, bands: int) -> LabelTable:
    """Add tables up, each under new names for its labels.

    Args:
        tables: each with the new label (K + 1,) of every row; 0 drops a row, two rows of one new label become one.
        length: number of new labels, 0 included.
        bands: columns of `sums`.
    """
    total = LabelTable(
        np.zeros(length, dtype=np.int64),
        np.zeros((length, bands)),
        np.zeros((length, bands)),
        np.zeros((length, MEASURES)),
        np.zeros((length, length), dtype=np.int64),
    )
    for table, names in tables:
        np.add.at(total.pixels, names, table.pixels)
        np.add.at(total.sums, names, table.sums)
        np.add.at(total.squares, names, table.squares)
        np.add.at(total.textures, names, table.textures)
        np.add.at(total.borders, (names[:, None], names[None, :]), table.borders)
    for part in (total.pixels, total.sums, total.squares, total.textures, total.borders, total.borders.T):
        part[0] = 0
    np.fill_diagonal(total.borders, 0)
    return total


def _borders(labels: NDArray[np.integer], length: int) -> NDArray[np.int64]:
    counts = np.zeros(length * length, dtype=np.int64)
    for one, other in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        # Inner pixels are most of all, and count nothing.
        differs = one != other
        pairs = one[differs].astype(np.int64) * length + other[differs]
        counts += np.bincount(pairs, minlength=length * length)
    table = counts.reshape(length, length)
    table = table + table.T
    table[0], table[:, 0] = 0, 0
    return table
