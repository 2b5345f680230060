"""The page that rows of pictures are put on."""

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import OutputError
from pipeline.export.sheet import ROW_HEIGHT, Panel, Row, write_sheet


def picture(rows, columns, seed):
    # Colours that no ink or paper has.
    return np.random.default_rng(seed).integers(60, 200, (rows, columns, 3), dtype=np.uint8)


def find(page, part):
    """Return the places (row, column) where a picture stands on a page."""
    rows, columns = part.shape[:2]
    starts = np.argwhere((page[: -rows or None, : -columns or None] == part[0, 0]).all(-1))
    return [
        (row, column)
        for row, column in starts
        if np.array_equal(page[row : row + rows, column : column + columns], part)
    ]


def load(path):
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


def test_pictures_stand_whole_in_their_rows_and_columns(tmp_path):
    pictures = [[picture(40, 300, 3 * row + column) for column in range(3)] for row in range(2)]
    rows = [Row("title", tuple(Panel(part, "caption") for part in line)) for line in pictures]
    write_sheet(tmp_path / "deep/sheet.png", "heading", rows)
    page = load(tmp_path / "deep/sheet.png")
    places = [[find(page, part) for part in line] for line in pictures]
    assert all(len(place) == 1 for line in places for place in line)
    tops, lefts = np.array(places)[:, :, 0, 0], np.array(places)[:, :, 0, 1]
    assert (tops == tops[:, :1]).all()
    assert (lefts == lefts[:1]).all()
    assert np.diff(tops[:, 0]) == [40 + ROW_HEIGHT]
    assert (np.diff(lefts[0]) > 300).all()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["sheet.png"]


def test_captions_are_ink_below_pictures_and_are_cut_to_their_width(tmp_path):
    part = picture(30, 50, 0)

    def ink(caption):
        write_sheet(tmp_path / "sheet.png", "", [Row("", (Panel(part, caption), Panel(part, "")))])
        page = load(tmp_path / "sheet.png")
        (top, left), (_, right) = find(page, part)
        below = page[top + 32 :]
        columns = np.flatnonzero((below < 100).all(-1).any(0))
        assert not len(columns) or (columns[0] >= left and columns[-1] < right)
        return len(columns)

    assert ink("") == 0
    assert ink("8 classes") > ink("8") > 0
    assert ink("a caption much longer than its picture is wide, so that it is cut") > ink("8 classes")


def test_a_long_heading_does_not_widen_the_page(tmp_path):
    rows = [Row("t" * 500, (Panel(picture(1, 1, 0), "c"),))]
    write_sheet(tmp_path / "a.png", "short", rows)
    write_sheet(tmp_path / "b.png", "long " * 500, rows)
    assert load(tmp_path / "a.png").shape == load(tmp_path / "b.png").shape


def test_names_in_other_scripts_are_no_obstacle(tmp_path):
    write_sheet(tmp_path / "a.png", "北京 São Ñandú 😀\n", [Row("日", (Panel(picture(1, 1, 0), "é"),))])
    assert load(tmp_path / "a.png").ndim == 3


def test_the_same_rows_give_the_same_bytes(tmp_path):
    rows = [Row("title", (Panel(picture(20, 20, 1), "caption"),))]
    for name in ("a.png", "b.png"):
        write_sheet(tmp_path / name, "heading", rows)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/sheet\.png: cannot be written"):
        write_sheet(tmp_path / "file/sheet.png", "", [Row("", (Panel(picture(1, 1, 0), ""),))])
