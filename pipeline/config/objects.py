"""What counts as an object of the map."""

from typing import Literal

from pydantic import Field

from pipeline.config.section import Section


class ObjectsConfig(Section):
    """The smallest object: what is smaller joins its most similar neighbour, in classes.tif and in what follows."""

    min_area: float = Field(default=0.0, ge=0)
    """Minimum mapping unit; 0: objects of a pixel stay."""

    unit: Literal["m2", "px"] = "m2"
    """Unit of min_area: square metres on the ground, or pixels."""

    min_contrast: float = Field(default=0.0, ge=0)
    """A smaller object stays where its colour is farther than this from all its neighbours', in units of CIE Lab (white
    is 100 from black); 0: none stays."""
