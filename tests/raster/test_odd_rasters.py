"""Rasters from the tests of other projects, each odd in its own way: read, or refused in one sentence."""

import csv

import numpy as np
import pytest

from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.open import open_source
from pipeline.raster.scaling import measure_scaling
from pipeline.raster.source import read_scaled

# Larger ones are opened only; one of them would need a gigabyte for a single block.
_MOST_PIXELS = 5 * 10**7


@pytest.fixture(scope="module")
def odd(shared):
    folder = shared / "odd"
    if not (folder / "MANIFEST.csv").exists():
        pytest.skip("no folder `shared/odd`")
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        return folder, list(csv.DictReader(file))


def read_whole(path):
    """Read as a run does; return the shape and the number of valid pixels."""
    source = open_source(path, InputConfig())
    if source.spec.scene.pixels > _MOST_PIXELS:
        return source.spec.shape, None
    scaling, valid_pixels = measure_scaling([source], InputConfig(), 0), 0
    for tile in Grid(source.spec.shape, 1024, 64):
        image, valid = read_scaled(source, scaling, tile.read)
        assert image.shape == (source.channels, *tile.read.shape)
        assert np.isfinite(image).all()
        assert 0 <= image.min() <= image.max() <= 1
        assert not image[:, ~valid].any()
        inner = valid[tile.write.slices(tile.read)]
        valid_pixels += np.count_nonzero(inner)
    return source.spec.shape, valid_pixels


def outcome(path):
    """Return shape, number of valid pixels and, where it is refused, the sentence."""
    try:
        return *read_whole(path), None
    except InputError as error:
        return None, None, str(error)


def test_what_can_be_read_is_read_and_the_rest_is_refused(odd):
    folder, rows = odd
    read = set()
    for row in rows:
        shape, valid_pixels, refusal = outcome(folder / row["file"])
        if refusal is not None:
            # What the mosaics of this folder refer to is not in it.
            assert row["reads"] == "no" or "complex" in row["dtype"] or row["file"].endswith(".vrt"), refusal
            assert row["file"] in refusal
            assert "\n" not in refusal
            continue
        read.add(row["file"])
        if row["width"]:
            assert shape == (int(row["height"]), int(row["width"]))
        # GDAL takes alpha of 16 bits with a sign for data; we do not.
        has_alpha = open_source(folder / row["file"], InputConfig()).alpha is not None
        if row["mask"] == "all_valid" and "float" not in row["dtype"] and valid_pixels is not None and not has_alpha:
            assert valid_pixels == shape[0] * shape[1]
        if row["file"] == "rasterio__all-nodata.tif":
            assert valid_pixels == 0
    assert len(read) >= sum(row["reads"] == "yes" for row in rows) - 3


def test_the_place_is_told_as_the_manifest_has_it(odd):
    folder, rows = odd
    for row in rows:
        if not row["width"] or "complex" in row["dtype"]:
            continue
        spec = open_source(folder / row["file"], InputConfig()).spec
        assert (spec.crs is None and spec.gcps_crs is None) == (row["crs"] == "none")
        assert len(spec.gcps) == int(row["gcps"])
        _, b, _, d, e, _ = spec.transform or (1, 0, 0, 0, 1, 0)
        assert ((b, d) != (0, 0)) == (row["rotated"] == "True")
        assert (e > 0) == (row["southup"] == "True")
        assert str(spec.nodata) == str(float(row["nodata"]) if row["nodata"] else None)
