"""A labelled scene: where its image and truth are, and how both are read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.raster.source import read_scaled


@dataclass(frozen=True)
class Scene:
    """A window of an image with truth on the same grid."""

    group: str
    """What it is averaged with."""

    name: str
    image: Path
    truth: Path
    window: Box
    """In pixels of the image."""

    ignore: tuple[int, ...] = ()
    """Values of the truth that mean nothing."""

    buildings: int = 1
    """The value of the truth that the best union of labels is sought for."""

    @property
    def id(self) -> str:
        """Group and name, as patterns on the command line match them."""
        return f"{self.group}/{self.name}"

    @property
    def megapixels(self) -> float:
        """Size of the window."""
        return self.window.pixels / 1e6


@dataclass(frozen=True)
class Sample:
    """What a method is given, and what its labels are held against."""

    image: NDArray[np.float32]
    """(bands, h, w) of 0..1, 0 outside."""

    valid: NDArray[np.bool_]
    """(h, w)."""

    truth: NDArray[Any]
    """(h, w) whole numbers."""


def read_sample(scene: Scene) -> Sample:
    """Read a scene's window, scaled as a run of the product would scale it.

    Raises:
        InputError: the image cannot be read.
        ValueError: the truth is not on the image's grid.
    """
    source = open_source(scene.image, InputConfig(), scene.window)
    image, valid = read_scaled(source, measure_scaling([source], InputConfig(), 0), source.spec.scene)
    truth = read_band(scene.truth, scene.window)
    if truth.shape != valid.shape:
        raise ValueError(f"{scene.truth}: has no pixels for {scene.window} of {scene.image}")
    return Sample(image, valid, truth)


def read_band(path: Path, window: Box | None = None) -> NDArray[Any]:
    """Read the first band of a raster as it is, whole or in part."""
    with rasterio.open(path) as dataset:
        part = None
        if window is not None:
            part = Window(window.left, window.top, window.shape[1], window.shape[0])
        band: NDArray[Any] = dataset.read(1, window=part)
    return band
