"""A box of pixels."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Box:
    """Rows [top, bottom) and columns [left, right) of a raster."""

    top: int
    left: int
    bottom: int
    right: int

    def __post_init__(self) -> None:
        if self.bottom <= self.top or self.right <= self.left:
            msg = f"Box must have rows and columns, got {self.shape}"
            raise ValueError(msg)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        rows, columns = self.shape
        return rows * columns

    def grown(self, margin: int, within: "Box") -> "Box":
        """Return the box with a margin on all sides, clipped."""
        return Box(
            max(self.top - margin, within.top),
            max(self.left - margin, within.left),
            min(self.bottom + margin, within.bottom),
            min(self.right + margin, within.right),
        )

    def overlap(self, other: "Box") -> "Box | None":
        """Return what both have in common, None if nothing."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        bottom, right = min(self.bottom, other.bottom), min(self.right, other.right)
        return None if bottom <= top or right <= left else Box(top, left, bottom, right)

    def shifted(self, rows: int, columns: int) -> "Box":
        """Return the box moved down and right."""
        return Box(self.top + rows, self.left + columns, self.bottom + rows, self.right + columns)

    def slices(self, origin: "Box") -> tuple[slice, slice]:
        """Return the slices that cut this box out of an array that covers `origin`."""
        return (
            slice(self.top - origin.top, self.bottom - origin.top),
            slice(self.left - origin.left, self.right - origin.left),
        )
