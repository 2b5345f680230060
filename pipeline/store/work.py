"""Paths inside a work directory."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.grid import Tile


@dataclass(frozen=True)
class Work:
    """A scene's work directory; its name carries the run's fingerprint, so records of another run are never met."""

    root: Path

    @property
    def prior(self) -> Path:
        """The trained prior."""
        return self.root / "prior.pt"

    @property
    def prior_summary(self) -> Path:
        """How the prior's training went."""
        return self.root / "prior.json"

    @property
    def prior_steps(self) -> Path:
        """Number of training steps done, as text, for the progress bar."""
        return self.root / "prior.steps"

    @property
    def labels(self) -> Path:
        """The label raster while it is written."""
        return self.root / "classes.tif"

    @property
    def finest(self) -> Path:
        """The raster of the finest classes while it is written."""
        return self.root / "finest.tif"

    def segments(self, tile: Tile) -> Path:
        """Pre-segments made ahead of the tile's turn."""
        return self.root / "segments" / f"{tile.name}.zip"

    def record(self, tile: Tile) -> Path:
        """A finished tile."""
        return self.root / "tiles" / f"{tile.name}.zip"

    def link(self, first: Tile, second: Tile) -> Path:
        """What two neighbouring tiles have in common."""
        return self.root / "links" / f"{first.name}-{second.name}.zip"
