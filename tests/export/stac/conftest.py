"""Finished runs of a few pixels, made without segmenting, and validation against schemas that lie beside the tests."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pystac
import pytest
import rasterio
from affine import Affine
from pystac.validation import JsonSchemaSTACValidator

from pipeline.box import Box
from pipeline.config import Config, InputConfig
from pipeline.export.product import Finished
from pipeline.export.stac.item import stac_of
from pipeline.export.style import MapStyle
from pipeline.raster.open import open_source
from pipeline.raster.scaling import Scaling
from pipeline.run.levels import class_entries, levels_entry
from pipeline.run.provenance import provenance
from pipeline.stitch.classes import Classes
from pipeline.stitch.levels import Finest, take_level
from pipeline.stitch.tree import Tree

LABELS = np.array([[0, 1, 1, 1], [2, 2, 2, 3], [1, 1, 1, 3]], dtype=np.uint8)
CLASSES = Classes(("class 1", "class 2", "class 3"), ((250, 10, 0), (0, 128, 9), (3, 2, 1)))
FINEST = Finest(CLASSES, Tree((0.5, 0.3, 0.2), ((1, 3),)), (6, 3, 2))
PLACE = {"crs": "EPSG:32633", "transform": Affine(10, 0, 500000, 0, -10, 5400000)}


@pytest.fixture
def image_file(tmp_path):
    """Give a function that writes an image of the labels' size, with tags."""

    def make(name="scenes/village.tif", place=PLACE, **tags):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 3, "dtype": "uint8", **place}
        with rasterio.open(path, "w", **profile) as file:
            file.write(np.full((3, 3, 4), 7, dtype=np.uint8))
            file.update_tags(**tags)
        return path

    return make


@pytest.fixture
def finished(tmp_path, image_file):
    """Give a function that makes a run's folder, and what the run has found."""

    def make(name="village", image=None, count=2, products=("classes", "stac"), **place):
        image = image or image_file(f"scenes/{name}.tif", place or PLACE)
        source = open_source(image, InputConfig())
        config = Config.model_validate({"seed": 5, "output": {"classes": count, "products": products}})
        folder = tmp_path / "out" / name
        style = MapStyle(source.spec, config.output, provenance("0.1", "f" * 64, config, str(image)), 1)
        level = take_level(CLASSES, FINEST.tree, count)
        maps = {"finest.tif": (CLASSES, np.arange(4)), "classes.tif": (level.classes, level.lookup)}
        for file, (classes, lookup) in maps.items():
            with style.writer(folder / file, classes) as writer:
                writer.write(Box(0, 0, 3, 4), lookup[LABELS].astype(np.uint8))
        (folder / "preview.png").write_bytes(b"a picture")
        (folder / "manifest.json").write_text("{}")
        record = {
            "scene": {"path": str(image), "bands": source.bands},
            "config": config.model_dump(mode="json"),
            "config_fingerprint": "f" * 64,
            "versions": {"aerialseg": "0.1"},
            "classes": class_entries(level.classes, level.pixels(FINEST.pixels)),
            "levels": levels_entry(FINEST),
        }
        again = partial(open_source, image, InputConfig())
        scaling = Scaling((0.0,) * 3, (255.0,) * 3)
        return Finished(name, folder, folder / "finest.tif", style, FINEST, level, 1, scaling, again, record=record)

    return make


@pytest.fixture
def item_of(finished):
    """Give a function that makes a run and its item, and returns the item's content."""

    def make(*others, **options):
        run = finished(**options)
        stac_of(others).make(run)
        return json.loads((run.folder / "item.json").read_text())

    return make


@pytest.fixture(scope="session")
def validate():
    """Give a function that validates an item or a collection, and returns the schemas that it was held against."""
    validator = JsonSchemaSTACValidator()
    for file in (Path(__file__).parent / "schemas").glob("*.json"):
        schema = json.loads(file.read_text())
        validator.schema_cache[schema["$id"].removesuffix("#")] = schema

    def check(content):
        missing = set(content["stac_extensions"]) - validator.schema_cache.keys()
        assert not missing, f"no schema beside the tests: {missing}"
        return pystac.validation.validate_dict(content, validator=validator)

    return check
