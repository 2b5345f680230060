"""How a scene is cut into tiles."""

from typing import Self

from pydantic import Field, NonNegativeInt, model_validator

from pipeline.config.section import Section


class TilesConfig(Section):
    """Size and overlap of the tiles."""

    size: int = Field(default=1024, ge=16, le=65536)
    """Side of a tile's write box, in pixels; tiles at the right and lower edge may be up to a quarter larger."""

    halo: NonNegativeInt = 64
    """How far a tile's read box reaches beyond its write box, in pixels."""

    @model_validator(mode="after")
    def _halo_below_size(self) -> Self:
        if self.halo >= self.size:
            msg = f"halo must be smaller than size, got halo {self.halo} with size {self.size}"
            raise ValueError(msg)
        return self
