"""preview.png: the scene beside its classes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.grid import Grid
from pipeline.raster.reduced import read_reduced
from pipeline.store.record import load_thumbnail
from pipeline.store.work import Work

Colours = Sequence[tuple[int, int, int]]
"""Red, green, blue of each class, class 1 first."""

_GAP = 8
_PAPER = 255


def write_preview(path: Path, work: Work, grid: Grid, *, classes: Path, colours: Colours, step: int) -> None:
    """Put the scene (from the tiles' thumbnails) and its classes (from the raster's overviews) side by side.

    Args:
        path: where it appears, whole or not at all.
        work: holds a record of every tile.
        grid: the tiles.
        classes: the finished raster.
        colours: of its classes.
        step: how many pixels of the scene make one of the preview.
    """
    scene = _scene(work, grid, step)
    _save(path, np.where(scene[..., 3:] > 0, scene[..., :3], _PAPER).astype(np.uint8), classes, colours)


def renew_preview(old: Path, path: Path, classes: Path, colours: Colours) -> None:
    """Make a preview of other classes, with the scene as an earlier preview shows it.

    Args:
        old: the earlier preview.
        path: where the new one appears, whole or not at all.
        classes: the finished raster.
        colours: of its classes.

    Raises:
        InputError: the earlier one cannot be read.
    """
    _save(path, read_scene_half(old), classes, colours)


def read_scene_half(preview: Path) -> NDArray[np.uint8]:
    """Read the scene from a preview, (rows, columns, 3).

    Raises:
        InputError: it cannot be read, or is none.
    """
    try:
        with Image.open(preview) as picture:
            page = np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError) as error:
        raise InputError(f"{preview}: cannot be read as a preview ({error}); remove it, or segment again") from None
    columns = (page.shape[1] - _GAP) // 2
    if columns < 1:
        raise InputError(f"{preview}: is no preview of this program; remove it, or segment again")
    return page[:, :columns]


def _save(path: Path, scene: NDArray[np.uint8], classes: Path, colours: Colours) -> None:
    rows, columns = scene.shape[:2]
    labels = read_reduced(classes, (rows, columns))
    page = np.full((rows, 2 * columns + _GAP, 3), _PAPER, dtype=np.uint8)
    page[:, :columns] = scene
    page[:, columns + _GAP :] = np.array([(_PAPER,) * 3, *colours], dtype=np.uint8)[labels]
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
