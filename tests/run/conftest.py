"""Maps that outputs are made from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.config import InputConfig, OutputConfig
from pipeline.export.product import Finished
from pipeline.export.style import MapStyle
from pipeline.raster.geotiff import write_geotiff
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling
from pipeline.stitch.classes import Classes
from pipeline.stitch.levels import Finest, take_level
from pipeline.stitch.tree import Tree

Make = Callable[..., Finished]


@pytest.fixture
def finished_map(tmp_path: Path) -> Make:
    """Give a function that writes a map of finest classes with the image behind it, and describes both."""

    def make(labels, image=None, *, count=0, **config):
        bands = np.stack([labels * 40, 255 - labels * 40, labels * 20]).astype(np.uint8) if image is None else image
        path = tmp_path / "scene.tif"
        write_geotiff(path, bands, crs="EPSG:32633", transform=(0.5, 0, 5e5, 0, -0.5, 5.4e6), tags={})
        source = open_source(path, InputConfig())
        size = int(labels.max())
        names = tuple(f"class {number}" for number in range(1, size + 1))
        classes = Classes(names, tuple((30 * k, 200 - 30 * k, 60) for k in range(size)), (0.05,) * size)
        pixels = np.bincount(labels.ravel(), minlength=size + 1)
        shares = tuple((pixels[1:] / pixels[1:].sum()).tolist())
        finest = Finest(
            classes, Tree(shares, tuple((1, gone) for gone in range(size, 2, -1))), tuple(pixels[1:].tolist())
        )
        style = MapStyle(source.spec, OutputConfig(classes=count, **config), {}, 1)
        folder = tmp_path / "out"
        with style.writer(folder / "finest.tif", classes) as writer:
            writer.write(source.spec.scene, labels.astype(np.uint8))
        return Finished(
            "scene",
            folder,
            folder / "finest.tif",
            style,
            finest,
            take_level(classes, finest.tree, count),
            int(pixels[0]),
            Scaling((0.0,) * 3, (255.0,) * 3),
            lambda: source,
        )

    return make
