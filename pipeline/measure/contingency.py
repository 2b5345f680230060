"""How many pixels each label shares with each true class: the table that most measures follow from."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pipeline.pairs import count_pairs

# Windows' tables wait until they have so many rows, or as many as the sum has, before they are added up.
_WAITING = 2**16


@dataclass(frozen=True)
class Table:
    """A contingency table that is complete: every label and class in it has pixels."""

    pairs: NDArray[np.int64]
    """(m, 3): label, true class, pixels; in rising order, each pair once."""

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """(L,) the labels, rising."""
        return _distinct(self.pairs[:, 0])

    @cached_property
    def classes(self) -> NDArray[np.int64]:
        """(C,) the true classes, rising."""
        return _distinct(np.sort(self.pairs[:, 1]))

    @cached_property
    def label_index(self) -> NDArray[np.int64]:
        """(m,) where each pair's label stands in `labels`."""
        return np.searchsorted(self.labels, self.pairs[:, 0])

    @cached_property
    def class_index(self) -> NDArray[np.int64]:
        """(m,) where each pair's class stands in `classes`."""
        return np.searchsorted(self.classes, self.pairs[:, 1])

    @cached_property
    def label_pixels(self) -> NDArray[np.int64]:
        """(L,) pixels of each label."""
        return _summed(self.label_index, self.pairs[:, 2], len(self.labels))

    @cached_property
    def class_pixels(self) -> NDArray[np.int64]:
        """(C,) pixels of each true class."""
        return _summed(self.class_index, self.pairs[:, 2], len(self.classes))

    @property
    def pixels(self) -> int:
        """All pixels."""
        return int(self.pairs[:, 2].sum())

    @property
    def matrix(self) -> csr_array:
        """(C, L) pixels, sparse: true classes in rows, as scikit-learn and scikit-image have it."""
        shape = len(self.classes), len(self.labels)
        return csr_array((self.pairs[:, 2], (self.class_index, self.label_index)), shape=shape)

    def renamed(self, labels: NDArray[np.int64] | None = None, classes: NDArray[np.int64] | None = None) -> "Table":
        """Return the table under other names; what gets the same name is added up.

        Args:
            labels: new name by label, so that `labels[label]` exists for all; None: as they are.
            classes: likewise.
        """
        first, second, pixels = self.pairs.T
        first = first if labels is None else labels[first]
        second = second if classes is None else classes[second]
        return Table(_added_up(np.column_stack([first, second, pixels])))


class Contingency:
    """A contingency table that is fed window by window; it takes memory by pairs, not by pixels."""

    def __init__(self, ignore: Iterable[int] = ()) -> None:
        """Make an empty table; pixels whose truth is one of `ignore` will be left out."""
        self._ignore = tuple(ignore)
        self._sum = np.zeros((0, 3), dtype=np.int64)
        self._pending: list[NDArray[np.int64]] = []
        self._waiting = 0

    def add(
        self, labels: NDArray[np.integer], truth: NDArray[np.integer], valid: NDArray[np.bool_] | None = None
    ) -> None:
        """Count the pixels of a window.

        Args:
            labels: whole numbers of any shape; 0 = nodata is left out.
            truth: whole numbers of the same shape; 0 is a class like any other unless it is ignored.
            valid: of the same shape; what is not valid is left out, too.

        Raises:
            ValueError: shapes differ, or numbers are not whole.
        """
        if labels.shape != truth.shape:
            raise ValueError(f"Labels and truth must have one shape, got {labels.shape} and {truth.shape}")
        if labels.dtype.kind not in "iu" or truth.dtype.kind not in "iub":
            raise ValueError(f"Labels and truth must be whole numbers, got {labels.dtype} and {truth.dtype}")
        keep = labels != 0 if valid is None else (labels != 0) & valid
        for value in self._ignore:
            keep &= truth != value
        self._append(count_pairs(labels[keep], truth[keep]))

    def merge(self, other: "Contingency | Table") -> None:
        """Add the pixels of another table; equal numbers mean the same in both."""
        self._append((other if isinstance(other, Table) else other.table()).pairs)

    def table(self) -> Table:
        """Return the table of all that was added so far."""
        self._settle()
        return Table(self._sum)

    def _append(self, pairs: NDArray[np.int64]) -> None:
        self._pending.append(pairs)
        self._waiting += len(pairs)
        if self._waiting > max(_WAITING, len(self._sum)):
            self._settle()

    def _settle(self) -> None:
        if self._pending:
            self._sum = _added_up(np.concatenate([self._sum, *self._pending]))
            self._pending, self._waiting = [], 0


def _added_up(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort pairs and add up the pixels of equal ones."""
    ordered = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    if not len(ordered):
        return ordered
    first = np.flatnonzero(np.r_[True, (ordered[1:, :2] != ordered[:-1, :2]).any(axis=1)])
    return np.column_stack([ordered[first, :2], np.add.reduceat(ordered[:, 2], first)])


def _distinct(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    # np.unique hashes, which takes ten times as long where most numbers differ.
    return ordered[np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))]


def _summed(index: NDArray[np.int64], pixels: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    total = np.zeros(length, dtype=np.int64)
    np.add.at(total, index, pixels)
    return total
