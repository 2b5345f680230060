"""try.png: rows of captioned pictures on one light page."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pipeline.files import replacing

_PAPER, _INK, _FRAME = (252, 252, 250), (28, 28, 32), (205, 205, 205)
_MARGIN, _GAP = 36, 18
_HEADING, _TITLE, _CAPTION = 28, 22, 18
# What a caption needs, where pictures are narrower.
_NARROWEST = 280

ROW_HEIGHT = _TITLE + _CAPTION + 3 * _GAP
"""Rows of pixels that a row of the page takes beside its pictures."""


@dataclass(frozen=True)
class Panel:
    """A picture and what stands below it."""

    picture: NDArray[np.uint8]
    """(h, w, 3)."""

    caption: str


@dataclass(frozen=True)
class Row:
    """Pictures that belong together."""

    title: str
    panels: tuple[Panel, ...]


def write_sheet(path: Path, heading: str, rows: Sequence[Row]) -> None:
    """Write rows of as many panels each, below one another, as a PNG.

    Args:
        path: where it appears, whole or not at all.
        heading: one line above all.
        rows: at least one.

    Raises:
        OutputError: it cannot be written.
    """
    panels = [panel for row in rows for panel in row.panels]
    width = max(_NARROWEST, *(panel.picture.shape[1] for panel in panels))
    across = 2 * _MARGIN + len(rows[0].panels) * (width + _GAP) - _GAP
    heights = [ROW_HEIGHT + max(panel.picture.shape[0] for panel in row.panels) for row in rows]
    page = Image.new("RGB", (across, 2 * _MARGIN + _HEADING + _GAP + sum(heights)), _PAPER)
    draw = ImageDraw.Draw(page)
    _write(draw, (_MARGIN, _MARGIN), heading, _HEADING, across - 2 * _MARGIN)
    top = _MARGIN + _HEADING + 2 * _GAP
    for row, height in zip(rows, heights, strict=True):
        _write(draw, (_MARGIN, top), row.title, _TITLE, across - 2 * _MARGIN)
        for place, panel in enumerate(row.panels):
            left, upper = _MARGIN + place * (width + _GAP), top + _TITLE + _GAP // 2
            page.paste(Image.fromarray(panel.picture), (left, upper))
            rows_shown, columns_shown = panel.picture.shape[:2]
            draw.rectangle((left - 1, upper - 1, left + columns_shown, upper + rows_shown), outline=_FRAME)
            _write(draw, (left, upper + rows_shown + _GAP // 3), panel.caption, _CAPTION, width)
        top += height
    with replacing(path) as temporary:
        page.save(temporary, format="PNG")


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, width: int) -> None:
    """Write one line of text; what is too long for the width is cut."""
    font = ImageFont.load_default(size=size)
    line = " ".join(text.split())
    if draw.textlength(line, font) > width:
        kept = bisect(range(1, len(line)), width, key=lambda length: int(draw.textlength(f"{line[:length]}...", font)))
        line = f"{line[:kept]}..."
    draw.text(place, line, fill=_INK, font=font)
