"""How a scene is cut into tiles."""

from typing import Self

from pydantic import Field, NonNegativeInt, model_validator

from pipeline.config.section import Section


class TilesConfig(Section):
    """Size and overlap of the tiles."""

    size: int = Field(default=1280, ge=16, le=65536)
    """Side of a tile's write box, in pixels; at each edge of the scene a tile may be up to a quarter larger."""

    halo: NonNegativeInt = 128
    """How far a tile's read box reaches beyond its write box, in pixels."""

    offset: tuple[NonNegativeInt, NonNegativeInt] = (0, 0)
    """Row and column at which a tile begins, below size: moves all borders, to see whether a result depends on them."""

    @model_validator(mode="after")
    def _halo_below_size(self) -> Self:
        if self.halo >= self.size:
            msg = f"halo must be smaller than size, got halo {self.halo} with size {self.size}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _offset_below_size(self) -> Self:
        if max(self.offset) >= self.size:
            msg = f"offset must be below size, got offset {list(self.offset)} with size {self.size}"
            raise ValueError(msg)
        return self
