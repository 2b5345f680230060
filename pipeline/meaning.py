"""What the classes of a network mean, in whatever scene it labels."""

from dataclasses import dataclass

from pipeline.stitch.classes import Classes
from pipeline.stitch.tree import Tree


@dataclass(frozen=True)
class Meaning:
    """What goes into the network and what comes out of it."""

    bands: tuple[int, ...]
    """Bands of the scene, counted from 1, in the order of the network's channels."""

    channels: int
    """Channels of the network's input: the bands, or 3 for a palette's colours."""

    low: tuple[float, ...]
    """Value that is scaled to 0, per channel."""

    high: tuple[float, ...]
    """Value that is scaled to 1, per channel."""

    names: tuple[str, ...]
    """Name of each class, class 1 first."""

    colours: tuple[tuple[int, int, int], ...]
    """Mean red, green, blue of each class in the sample."""

    roughness: tuple[float, ...]
    """Mean gradient magnitude of each class in the sample, per pixel of distance, of values of 0..1."""

    shares: tuple[float, ...]
    """Share of the sample's valid pixels in each class."""

    merges: tuple[tuple[int, int], ...]
    """How classes merge step by step to fewer ones; see `Tree`."""

    @property
    def classes(self) -> Classes:
        """What is known of the classes."""
        return Classes(self.names, self.colours, self.roughness)

    @property
    def tree(self) -> Tree:
        """The levels that the classes have."""
        return Tree(self.shares, self.merges)
