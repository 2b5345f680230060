"""Pictures: image, truth and label maps side by side, each label in its mean colour."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.comparison.cache import Cache
from benchmarks.comparison.method import Method
from benchmarks.comparison.rows import Found
from benchmarks.comparison.scenes import Sample, Scene, read_sample
from pipeline.export.sheet import Panel, Row, write_sheet
from pipeline.files import replacing

_QUALITY = 82
# Longest side of a picture in pixels.
_SIDE = 512


def write_pictures(
    path: Path, scene: Scene, chosen: tuple[Cache, Found], methods: Iterable[Method], *, asked: int, across: int
) -> bool:
    """Write a JPEG of the image, the truth and the maps of the first seed that has one.

    Args:
        path: of the file.
        scene: what is shown.
        chosen: the cache, and what was found in it.
        methods: whose maps; those without are left out.
        asked: number of labels.
        across: pictures in a row.

    Returns:
        Whether there was a map to show; without, nothing is written.
    """
    sample = read_sample(scene)
    panels = [
        Panel(_small(_bytes(sample.image)), "image"),
        Panel(_small(in_mean_colours(sample.truth, sample)), "truth"),
    ]
    cache, found = chosen
    for method in methods:
        rows = [row for row in found.of(method.name, scene.group, asked) if row.scene == scene.name]
        for row in rows[:1]:
            labels = cache.maps(method, scene, row.seed, cache.latest(method)).get(asked)
            if labels is not None and row.result.marks is not None:
                caption = f"{method.title.replace('`', '')}: {row.result.marks.labels} labels"
                panels.append(Panel(_small(in_mean_colours(labels, sample)), caption))
    if len(panels) == 2:  # noqa: PLR2004 - image and truth
        return False
    _write(path, f"{scene.id}, at {asked} labels or nearly", panels, across)
    return True


def in_mean_colours(labels: NDArray[Any], sample: Sample) -> NDArray[np.uint8]:
    """Paint every label (h, w) in the mean colour of its pixels, (h, w, 3)."""
    flat = labels.ravel().astype(np.int64)
    areas = np.maximum(np.bincount(flat), 1)
    means = [np.bincount(flat, weights=band.ravel()) / areas for band in _rgb(sample.image)]
    return _bytes(np.stack(means)[:, flat].reshape(3, *labels.shape))


def _write(path: Path, heading: str, panels: Sequence[Panel], across: int) -> None:
    rows = [Row("", tuple(panels[start : start + across])) for start in range(0, len(panels), across)]
    with TemporaryDirectory() as folder, replacing(path) as temporary:
        page = Path(folder) / "page.png"
        write_sheet(page, heading, rows)
        with Image.open(page) as picture:
            picture.convert("RGB").save(temporary, format="JPEG", quality=_QUALITY, optimize=True)


def _rgb(image: NDArray[Any]) -> NDArray[Any]:
    """Take the first three bands, or the first one three times."""
    return image[:3] if len(image) >= 3 else image[[0, 0, 0]]  # noqa: PLR2004 - red, green, blue


def _bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    return np.moveaxis(np.clip(np.rint(_rgb(image) * 255), 0, 255).astype(np.uint8), 0, -1)


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    step = -(-max(picture.shape[:2]) // _SIDE)
    return picture[::step, ::step]
