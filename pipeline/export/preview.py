"""preview.png: the scene beside its classes."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.files import replacing
from pipeline.grid import Box, Grid
from pipeline.join import Joined
from pipeline.raster.reduced import read_reduced
from pipeline.store.record import load_thumbnail
from pipeline.store.work import Work

_GAP = 8
_PAPER = 255


def write_preview(path: Path, joined: Joined, classes: Path, step: int) -> None:
    """Put the scene (from the tiles' thumbnails) and its classes (from the raster's overviews) side by side.

    Args:
        path: where it appears, whole or not at all.
        joined: the tiles, and the classes' colours.
        classes: the finished raster.
        step: how many pixels of the scene make one of the preview.
    """
    scene = _scene(joined.work, joined.grid, step)
    rows, columns = scene.shape[:2]
    labels = read_reduced(classes, (rows, columns))
    colours = np.array([(_PAPER,) * 3, *joined.classes.colours], dtype=np.uint8)
    page = np.full((rows, 2 * columns + _GAP, 3), _PAPER, dtype=np.uint8)
    opaque = scene[..., 3:] > 0
    page[:, :columns] = np.where(opaque, scene[..., :3], _PAPER)
    page[:, columns + _GAP :] = colours[labels]
    with replacing(path) as temporary:
        Image.fromarray(page).save(temporary, format="PNG")


def _scene(work: Work, grid: Grid, step: int) -> NDArray[np.uint8]:
    """Assemble the tiles' thumbnails, (rows, columns, 4)."""
    shown = _cells(grid.scene.shifted(*grid.corner), step)
    picture = np.zeros((*shown.shape, 4), dtype=np.uint8)
    for tile in grid:
        part = load_thumbnail(work.record(tile))
        if part.size:
            cells = _cells(tile.voting.shifted(*grid.corner), step)
            common = cells.overlap(shown)
            if common is not None:
                picture[common.slices(shown)] = part[common.slices(cells)]
    return picture


def _cells(box: Box, step: int) -> Box:
    """Return the cells of a lattice that a box has the first pixel of; a scene within a cell is given the next."""
    top, left, bottom, right = (-(-edge // step) for edge in (box.top, box.left, box.bottom, box.right))
    return Box(top, left, max(bottom, top + 1), max(right, left + 1))
