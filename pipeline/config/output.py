"""How results are written."""

from typing import Literal

from pydantic import Field

from pipeline.config.section import Section


class OutputConfig(Section):
    """Compression of the rasters and size of the preview."""

    compression: Literal["deflate", "zstd"] = "deflate"
    """Compression of the rasters; deflate opens everywhere."""

    preview: int = Field(default=1000, ge=64, le=4096)
    """Longer side of each of the preview's two pictures, in pixels at most."""
