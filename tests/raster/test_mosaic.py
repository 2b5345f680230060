"""Several files read as one raster."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.mosaic import members, mosaic
from pipeline.raster.open import open_source
from pipeline.raster.source import Piece, read

SHAPE = (40, 60)
PLACE = Affine(2.0, 0.0, 1000.0, 0.0, -2.0, 5000.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mosaic")


def piece(folder, name, box, pixels, **profile):
    """Write pixels (bands, h, w) as a file that lies at a box, and open it."""
    path = folder / f"{name}.tif"
    place = PLACE @ Affine.translation(box.left, box.top)
    profile = {"driver": "GTiff", "crs": "EPSG:32633", "transform": place, "dtype": pixels.dtype} | profile
    with rasterio.open(path, "w", count=len(pixels), height=box.shape[0], width=box.shape[1], **profile) as file:
        file.write(pixels)
    return Piece(box, open_source(path, InputConfig()))


@st.composite
def layouts(draw):
    """Draw files that lie over and beside each other, and a box to read."""
    found = []
    for _ in range(draw(st.integers(2, 5))):
        top, left = draw(st.integers(0, 30)), draw(st.integers(0, 50))
        found.append(Box(top, left, draw(st.integers(top + 1, 40)), draw(st.integers(left + 1, 60))))
    bottom, right = max(box.bottom for box in found), max(box.right for box in found)
    top, left = draw(st.integers(0, bottom - 1)), draw(st.integers(0, right - 1))
    return found, Box(top, left, draw(st.integers(top + 1, bottom)), draw(st.integers(left + 1, right)))


@settings(deadline=None, max_examples=30)
@given(layouts(), st.integers(0, 2**32 - 1))
def test_a_pixel_is_that_of_the_uppermost_file_where_it_is_valid(folder, layout, seed):
    found, window = layout
    random = np.random.default_rng(seed)
    shape = max(box.bottom for box in found), max(box.right for box in found)
    expected, valid, pieces = np.zeros((2, *shape), dtype=np.uint8), np.zeros(shape, dtype=bool), []
    for number, box in enumerate(found):
        # Nodata where both bands are 0: about a fourth of the pixels.
        pixels = random.integers(0, 2, (2, *box.shape), dtype=np.uint8) * np.uint8(number + 1)
        pieces.append(piece(folder, str(number), box, pixels, nodata=0))
        some, place = pixels.any(axis=0), np.s_[box.top : box.bottom, box.left : box.right]
        expected[:, *place] = np.where(some, pixels, expected[:, *place])
        valid[place] |= some
    whole = mosaic(pieces)
    assert whole.spec.shape == shape
    assert whole.spec.transform == tuple(PLACE)[:6]
    raw, inside = read(whole, window)
    rows, columns = window.slices(Box(0, 0, *shape))
    assert_array_equal(inside, valid[rows, columns])
    assert_array_equal(raw, expected[:, rows, columns])
    # Each file sees the same.
    for own, source in zip(pieces, members(whole, [whole.spec.scene] * len(pieces)), strict=True):
        assert source.spec.shape == own.box.shape
        assert source.alone == own.source
        raw, inside = read(source, window.shifted(-own.box.top, -own.box.left))
        assert_array_equal(inside, valid[rows, columns])
        assert_array_equal(raw, expected[:, rows, columns])


def test_a_lone_file_is_itself(folder):
    lone = piece(folder, "lone", Box(0, 0, 4, 5), np.ones((1, 4, 5), dtype=np.uint8))
    assert mosaic([lone]) == lone.source
    assert list(members(lone.source, [Box(0, 0, 4, 5)])) == [lone.source]


def test_files_beyond_reach_are_left_out(folder):
    pixels = np.ones((1, 10, 10), dtype=np.uint8)
    row = [piece(folder, f"row{left}", Box(0, left, 10, left + 10), pixels) for left in (0, 10, 20)]
    first, middle, last = members(mosaic(row), [Box(0, 0, 10, 10), Box(0, 10, 10, 21), Box(0, 0, 10, 30)])
    assert [part.box.left for part in first.pieces] == [0]
    assert [part.box.left for part in middle.pieces] == [0, 10]
    assert [part.box.left for part in last.pieces] == [-20, -10, 0]
    assert first.around == Box(0, 0, 10, 30)
    assert middle.around == Box(0, -10, 10, 20)
    assert not first.covered
    assert not middle.covered


def test_it_knows_where_a_scene_may_show_another(folder):
    pixels = np.ones((1, 10, 10), dtype=np.uint8)
    two = [piece(folder, f"two{left}", Box(0, left, 10, left + 10), pixels) for left in (0, 9)]
    assert all(part.covered for part in members(mosaic(two), [Box(0, 0, 10, 19)] * 2))


def test_what_every_file_says_is_outside_counts(folder):
    """A mask, an alpha band and NaN in one mosaic; gaps between files are outside, too."""
    values = np.full((1, 4, 4), 7, dtype=np.float32)
    values[0, 0, 0] = np.nan
    holed = piece(folder, "holed", Box(0, 0, 4, 4), values)
    masked = piece(folder, "masked", Box(6, 0, 10, 4), np.full((1, 4, 4), 8, dtype=np.float32))
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(masked.source.path, "r+") as file:
        file.write_mask(np.arange(16).reshape(4, 4) % 2 == 0)
    masked = Piece(masked.box, open_source(masked.source.path, InputConfig()))
    raw, valid = read(mosaic([holed, masked]), Box(0, 0, 10, 4))
    expected = np.zeros((10, 4), dtype=bool)
    expected[:4], expected[0, 0] = True, False
    expected[6:] = np.arange(16).reshape(4, 4) % 2 == 0
    assert_array_equal(valid, expected)
    assert_array_equal(raw[0, :4][valid[:4]], np.float32(7))
    assert_array_equal(raw[0, 6:][valid[6:]], np.float32(8))


def test_an_error_names_the_file(folder):
    pixels = np.ones((1, 10, 10), dtype=np.uint8)
    two = [piece(folder, f"gone{left}", Box(0, left, 10, left + 10), pixels) for left in (0, 10)]
    (folder / "gone10.tif").unlink()
    with pytest.raises(InputError, match=r"gone10\.tif"):
        read(mosaic(two), Box(0, 0, 10, 20))
    assert read(mosaic(two), Box(0, 0, 10, 10))[1].all()


def test_no_more_than_the_extent_is_read(folder):
    pixels = np.ones((1, 10, 10), dtype=np.uint8)
    two = [piece(folder, f"end{left}", Box(0, left, 10, left + 10), pixels) for left in (0, 10)]
    left, _ = members(mosaic(two), [Box(0, 0, 10, 20)] * 2)
    assert read(left, Box(0, 5, 10, 20))[1].all()
    with pytest.raises(ValueError, match="not within"):
        read(left, Box(0, 5, 10, 21))
