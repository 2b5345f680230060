"""Where the shared network comes from."""

from pathlib import Path
from typing import Literal

from pipeline.config.section import Section


class PriorConfig(Section):
    """The network that labels every tile: an earlier run's, or one that is trained, over one scene or over all."""

    file: Path | None = None
    """A prior.pt of an earlier run: its network, classes, names, colours, bands and scaling are used as they are."""

    over: Literal["scene", "dataset"] = "scene"
    """scene: each scene of a run has a network and classes of its own; dataset: one network is trained over all of
    them, so that a class means the same in each, and scenes that touch or overlap agree where they meet."""
