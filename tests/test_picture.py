import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.box import Box
from pipeline.grid import Grid
from pipeline.picture import thumbnail, to_rgb


def test_three_bands_are_red_green_and_blue():
    image = np.array([[0.0, 1.0], [0.5, -1.0], [0.2, 2.0], [0.9, 0.9]])
    assert to_rgb(image).tolist() == [[0, 128, 51], [255, 0, 255]]
    assert to_rgb(image).dtype == np.uint8


@pytest.mark.parametrize("bands", [1, 2])
def test_fewer_bands_are_grey(bands):
    image = np.stack([np.full((2, 3), 0.2), np.full((2, 3), 0.9)])[:bands]
    assert (to_rgb(image) == 51).all()
    assert to_rgb(image).shape == (2, 3, 3)


@st.composite
def scenes(draw):
    """Draw a scene of 8 bit values, its mask, a grid and a step that the halo covers."""
    shape = draw(st.integers(1, 60)), draw(st.integers(1, 60))
    step = draw(st.integers(1, 20))
    grid = Grid(shape, draw(st.integers(4, 40)), step + draw(st.integers(0, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    valid = rng.random(shape) < draw(st.sampled_from([0.0, 0.3, 1.0]))
    image = rng.integers(0, 256, (draw(st.integers(1, 4)), *shape)).astype(np.float32) / np.float32(255)
    return grid, np.where(valid, image, 0).astype(np.float32), valid, step


@settings(deadline=None)
@given(scenes())
def test_thumbnails_of_tiles_fit_together(scene):
    grid, image, valid, step = scene
    whole = thumbnail(image, valid, grid.scene, grid.scene, step)
    assert whole.shape == (-(-grid.shape[0] // step), -(-grid.shape[1] // step), 4)
    lines = {}
    for tile in grid:
        rows, columns = tile.read.slices(grid.scene)
        small = thumbnail(image[:, rows, columns], valid[rows, columns], tile.read, tile.write, step)
        lines.setdefault(tile.row, []).append(small)
    assert np.array_equal(np.vstack([np.hstack(line) for line in lines.values()]), whole)


@settings(deadline=None)
@given(scenes())
def test_a_cell_is_the_mean_of_its_valid_pixels(scene):
    grid, image, valid, step = scene
    small = thumbnail(image, valid, grid.scene, grid.scene, step)
    for row, column in np.ndindex(small.shape[:2]):
        part = np.s_[row * step : (row + 1) * step, column * step : (column + 1) * step]
        inside = valid[part]
        if not inside.any():
            assert small[row, column].tolist() == [0, 0, 0, 0]
            continue
        mean = image[:, *part][:, inside].astype(np.float64).mean(1) * 255
        expected = mean[:3] if len(mean) >= 3 else np.repeat(mean[:1], 3)
        assert small[row, column, :3] == pytest.approx(expected, abs=0.5001)
        assert small[row, column, 3] == 255


def test_nodata_does_not_darken_a_cell():
    image = np.full((3, 4, 4), 0.8, np.float32)
    valid = np.ones((4, 4), bool)
    valid[:, 2:] = False
    image[:, ~valid] = 0
    box = Box(0, 0, 4, 4)
    assert thumbnail(image, valid, box, box, 4).tolist() == [[[204, 204, 204, 255]]]


def test_a_tile_without_a_cells_first_pixel_has_no_cells():
    image, valid = np.zeros((3, 3, 3), np.float32), np.ones((3, 3), bool)
    box = Box(5, 0, 8, 3)
    assert thumbnail(image, valid, box, box, 9).shape == (0, 1, 4)
