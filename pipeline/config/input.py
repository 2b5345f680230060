"""Which pixels of a scene are read, and how they are scaled."""

import math
from typing import Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from pipeline.config.section import Section


class InputConfig(Section):
    """Bands, nodata and radiometry of the input."""

    bands: tuple[PositiveInt, ...] | None = Field(default=None, min_length=1)
    """Bands to use, in this order, counted from 1; unset: the first three, or all when there are fewer (alpha
    never counts)."""

    nodata: float | Literal["none", "nan"] | None = None
    """Value that marks a pixel as outside when all chosen bands have it (isolated pixels of that value, such as
    black shadows with 0, fall out too); "none": no such value; unset: the file's own."""

    percentiles: tuple[float, float] = (1.0, 99.0)
    """Percentiles that become 0 and 1 per band over the whole scene, for data other than uint8 (which is divided
    by 255)."""

    windows: int = Field(default=256, ge=1, le=256)
    """How many windows, spread over the scene by the seed, the percentiles are taken from."""

    allow_remote: bool = False
    """Whether a local file, such as a VRT, may have its pixels fetched from the network."""

    @field_validator("nodata", mode="before")
    @classmethod
    def _nan_by_name(cls, value: object) -> object:
        # TOML has a number for it, which is what a user writes who leaves the quotes out.
        return "nan" if isinstance(value, float) and math.isnan(value) else value

    @model_validator(mode="after")
    def _percentiles_rise(self) -> Self:
        low, high = self.percentiles
        if not 0 <= low < high <= 100:  # noqa: PLR2004 - the bounds of a percentile
            msg = f"percentiles must rise within 0 to 100, got {low} and {high}"
            raise ValueError(msg)
        return self
