"""How classes merge to fewer ones."""

from pydantic import Field

from pipeline.config.section import Section


class LevelsConfig(Section):
    """What the class tree merges first: the levels of `aerialseg relabel`."""

    area: float = Field(default=0.25, ge=0, le=1)
    """Power at which areas count: 1 merges small classes first, as Ward's method does, however distinct they are;
    0 goes by distance alone."""

    adjacency: float = Field(default=1.0, ge=0, le=4)
    """Power at which touching counts: classes that border on one another more than chance would have it merge
    earlier; 0: places do not matter."""
