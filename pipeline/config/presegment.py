"""How a tile is cut into pre-segments: one model per method."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from pipeline.config.section import Section


class FelzenszwalbConfig(Section):
    """Graph-based merging by Felzenszwalb and Huttenlocher (IJCV 2004)."""

    method: Literal["felzenszwalb"] = "felzenszwalb"
    """Felzenszwalb's graph-based segments; others: slic, watershed."""

    scale: PositiveFloat = 64.0
    """Observation level: larger means larger segments (scikit-image's unit: the threshold is scale / 255)."""

    sigma: NonNegativeFloat = 0.5
    """Width of the Gaussian that smooths the image first, in pixels; 0: none."""

    min_size: PositiveInt = 64
    """Segments of fewer pixels join a neighbour."""


class SlicConfig(Section):
    """Simple linear iterative clustering by Achanta et al. (TPAMI 2012)."""

    method: Literal["slic"] = "slic"
    """SLIC superpixels; others: felzenszwalb, watershed."""

    n_segments: PositiveFloat = 10000.0
    """Superpixels per megapixel: their lattice has cells of 1000 / sqrt(n_segments) px, fractions too."""

    compactness: float = Field(default=10.0, ge=1e-3, le=1e6)
    """Weight of nearness against likeness of colour (Lab units where there are three bands, else hundredths)."""

    sigma: NonNegativeFloat = 0.0
    """Width of the Gaussian that smooths the image first, in pixels; 0: none."""

    iterations: int = Field(default=10, ge=1, le=1000)
    """Rounds of k-means. Every round lets a superpixel depend on what is two cells of the lattice further away.
    Tiles agree to the pixel where tiles.halo is 2 * iterations + 6 cells and a few pixels (263 px with these settings);
    less costs exactness alone: superpixels that are cut differ between tiles, as other methods' do."""


class WatershedConfig(Section):
    """Compact watershed of the gradient by Neubert and Protzel (ICPR 2014)."""

    method: Literal["watershed"] = "watershed"
    """Watershed of the gradient, flooded from a regular lattice; others: felzenszwalb, slic."""

    n_segments: PositiveFloat = 4000.0
    """Basins per megapixel."""

    compactness: float = Field(default=0.0, ge=0, le=1e6)
    """Larger means basins of more regular shape; 0: the plain watershed."""

    sigma: NonNegativeFloat = 1.0
    """Width of the Gaussian that smooths the image first, in pixels; 0: none."""


PresegmentConfig = Annotated[
    FelzenszwalbConfig | SlicConfig | WatershedConfig,
    Field(discriminator="method"),
]
