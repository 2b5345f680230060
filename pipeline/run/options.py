"""What a command line adds to the configuration."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.box import Box


@dataclass(frozen=True)
class Options:
    """What a command line adds to the configuration."""

    out: Path = Path("out")
    work: Path | None = None
    """Folder for work directories; None: in each scene's output folder."""

    keep_work: bool = False
    window: Box | None = None
    """Part of the scene, in pixels."""

    bounds: tuple[float, float, float, float] | None = None
    """Part of the scene: left, bottom, right, top in the units of its CRS."""

    fresh: bool = False
    """Whether to begin anew, whatever is there already."""

    max_failures: int | None = None
    """So many failed scenes end the run; None: no number does."""
