"""What workers are handed: all that they need, and no pixels."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.grid import Tile
from pipeline.raster.scaling import Scaling
from pipeline.raster.source import Source
from pipeline.store.work import Work


@dataclass(frozen=True)
class PriorJob:
    """All that a worker needs to train the prior."""

    sources: tuple[Source, ...]
    """What the sample is drawn from: one scene, or all of a data set."""

    scaling: Scaling
    config: Config
    work: Work
    mark: str
    """Fingerprint of the run, which the prior's summary carries."""

    def __str__(self) -> str:
        more = len(self.sources) - 1
        return f"{self.sources[0].path}{f' and {more} more' if more else ''}: the scene's network"


@dataclass(frozen=True)
class TileJob:
    """All that a worker needs for one tile; no pixels."""

    source: Source
    scaling: Scaling
    tile: Tile
    config: Config
    work: Work
    prior: Path | None
    """The scene's frozen network, which labels the tile or from which it trains on; None: the tile trains its own."""

    thumbnail_step: int

    run: str
    """Fingerprint of the run."""

    corner: tuple[int, int] = (0, 0)
    """Row and column of the scene's corner in all that is cut into tiles, and so on lattices that all tiles share."""

    @property
    def place(self) -> tuple[int, int]:
        """Row and column, in all that is cut into tiles, of the first pixel that is read."""
        return self.corner[0] + self.tile.read.top, self.corner[1] + self.tile.read.left

    @property
    def mark(self) -> str:
        """What the record carries, so that no other is taken for it."""
        return f"{self.run} {self.tile.name} {self.thumbnail_step}"

    def __str__(self) -> str:
        return f"{self.source.path}: tile of row {self.tile.row}, column {self.tile.column}"


@dataclass(frozen=True)
class LinkJob:
    """Pairs of neighbouring tiles, in an order in which each tile comes soon again, or never."""

    pairs: tuple[tuple[Tile, Tile], ...]
    work: Work
    run: str
    """Fingerprint of the run."""

    def mark(self, first: Tile, second: Tile) -> str:
        """Return what a link carries, so that no other is taken for it."""
        return f"{self.run} {first.name} {second.name}"

    def __str__(self) -> str:
        (first, second), *others = self.pairs
        more = f" and {len(others)} more pairs" if others else ""
        return f"{self.work.root}: tiles {first.name} and {second.name}{more}"
