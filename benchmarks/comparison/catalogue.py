"""The labelled scenes: those of a folder of shared ones, those of folders of pairs, and a synthetic one."""

from pathlib import Path

import numpy as np
import rasterio

from benchmarks.comparison.scenes import Scene
from benchmarks.comparison.windows import windows
from pipeline.raster.geotiff import write_geotiff
from pipeline.synthetic import make_scene
from pipeline.synthetic.cover import Cover

SYNTHETIC = "synthetic"
"""Group of the scene that pictures are made of."""

# Codes of the land cover crops (classes.csv beside them): unlabelled, and colours that could not be told.
_LANDCOVER_IGNORED = (5, 255)
_SYNTHETIC_SIDE = 512
_PLACE = (0.3, 0.0, 500000.0, 0.0, -0.3, 5400000.0)


def shared_scenes(folder: Path) -> list[Scene]:
    """List the labelled scenes of the folder that the README tells of; those that are not there are left out."""
    found = []
    for image in sorted((folder / "landcover").glob("[0-9]*[0-9].png")):
        truth = image.with_name(f"{image.stem}_classes.png")
        found += _windowed("landcover", image, truth, ignore=_LANDCOVER_IGNORED, buildings=0)
    for group, name, ignore, buildings in (
        ("banepa", "banepa", (255,), 1),
        ("compound", "compound", (255,), 1),
        ("austin", "inria_austin", (), 255),
    ):
        image, truth = folder / f"{name}.tif", folder / f"{name}_buildings.tif"
        if image.exists() and truth.exists():
            found += _windowed(group, image, truth, ignore=ignore, buildings=buildings)
    return found


def paired_scenes(images: Path, truths: Path, ignore: tuple[int, ...]) -> list[Scene]:
    """Pair the files of two folders by name: a truth is called like its image, or like it with `_` and more.

    Buildings are the greatest value of a truth that is not ignored.

    Raises:
        ValueError: no image has a truth.
    """
    found = []
    for image in sorted(path for path in images.iterdir() if path.is_file()):
        named = [p for p in sorted(truths.iterdir()) if p.stem == image.stem or p.stem.startswith(f"{image.stem}_")]
        named = [path for path in named if path != image and path.suffix not in {".xml", ".tfw", ".json"}]
        if named:
            with rasterio.open(named[0]) as dataset:
                values = set(np.unique(dataset.read(1)).tolist()) - set(ignore)
            found += _windowed(images.name, image, named[0], ignore=ignore, buildings=max(values, default=0))
    if not found:
        raise ValueError(
            f"{images} and {truths}: no image has a truth of its name; call them a.tif and a.tif or a_x.tif"
        )
    return found


def synthetic_scene(folder: Path) -> Scene:
    """Draw a village into a folder, unless it is there, so that pictures can be shown whatever the scenes' licences."""
    image, truth = folder / "village.tif", folder / "village_truth.tif"
    if not truth.exists():
        drawn = make_scene((_SYNTHETIC_SIDE, _SYNTHETIC_SIDE), seed=1)
        for path, bands in ((image, drawn.image), (truth, drawn.truth[None])):
            write_geotiff(path, bands, crs="EPSG:32633", transform=_PLACE, tags={})
    return _windowed(SYNTHETIC, image, truth, ignore=(), buildings=int(Cover.ROOF))[0]


def _windowed(group: str, image: Path, truth: Path, *, ignore: tuple[int, ...], buildings: int) -> list[Scene]:
    with rasterio.open(image) as dataset:
        boxes = windows(dataset.shape)
    names = [image.stem] if len(boxes) == 1 else [f"{image.stem}-{number}" for number in range(1, len(boxes) + 1)]
    return [Scene(group, name, image, truth, box, ignore, buildings) for name, box in zip(names, boxes, strict=True)]
