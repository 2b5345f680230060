"""Pictures that are small enough to be sent around."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pipeline.export.report import pictures
from pipeline.export.report.pictures import draw_pictures
from pipeline.stitch.levels import take_level


def draw(finished):
    finest = take_level(finished.finest.classes, finished.finest.tree, 0)
    return draw_pictures(finished, finest, finest.classes.colours)


def opened(url):
    kind, data = url.split(";base64,")
    return kind, len(base64.b64decode(data)), Image.open(BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize(("side", "size"), [(400, (400, 300)), (250, (250, 188)), (1, (1, 1))])
def test_the_longer_side_has_a_bound_and_shape_stays(finished, monkeypatch, side, size):
    monkeypatch.setattr(pictures, "_SIDES", (side,))
    drawn = draw(finished)
    assert (drawn.width, drawn.height) == size
    assert [opened(url)[2].size for url in (drawn.scene, drawn.classes)] == [size, size]
    labels = np.asarray(opened(drawn.classes)[2])
    # Classes are picked, never mixed.
    assert labels.max() <= len(finished.finest.classes)


def test_pictures_that_are_too_large_are_drawn_smaller(finished, monkeypatch):
    whole = draw(finished)
    total = sum(opened(url)[1] for url in (whole.scene, whole.classes))
    monkeypatch.setattr(pictures, "_SIDES", (400, 200, 100))
    monkeypatch.setattr(pictures, "_MOST_BYTES", total - 1)
    less = draw(finished)
    assert (less.width, less.height) == (200, 150)
    assert sum(opened(url)[1] for url in (less.scene, less.classes)) < total
    assert (opened(less.scene)[0], opened(less.classes)[0]) == ("data:image/jpeg", "data:image/png")
