"""The page that leads to all reports."""

import base64
import json
import shutil
from io import BytesIO

import pytest
from PIL import Image

from pipeline.errors import OutputError
from pipeline.export.report.index import renew_index, write_index


def read(parse, out):
    return parse((out / "index.html").read_text(encoding="utf-8"))


def test_scenes_have_a_picture_a_link_and_what_they_are(index, parse):
    tree = read(parse, index)
    items = list(tree.one("ul", id="scenes").all("li"))
    assert [item.one("span", class_="name").text for item in items] == ["town", "village"]
    for item in items:
        assert (index / item.one("a").attributes["href"]).is_file()
        told = [span.text for span in item.one("p", class_="told").all("span")]
        assert told[:3] == ["400 x 300 px", "1.08 ha", "5 classes"]
        picture = Image.open(BytesIO(base64.b64decode(item.one("img").attributes["src"].split(",")[1])))
        assert picture.format == "JPEG"
        assert max(picture.size) <= 400
    failed = tree.one("ul", class_="failures").one("li")
    assert " ".join(failed.text.split()) == "b<b> b<b>.tif: cannot be read & is no raster"
    assert tree.one("p", class_="lead").text == "2 scenes done, 1 failed in the last run."


def test_it_follows_the_folders_that_are_there(segmented, tmp_path, parse):
    nasty = """a" onload='x' <i>&%20#?"""
    for name in ("broken", "failed", nasty, "without preview", "without report"):
        shutil.copytree(segmented, tmp_path / name)
    (tmp_path / "broken/manifest.json").write_text("{}")
    (tmp_path / "without preview/preview.png").unlink()
    (tmp_path / "without report/report.html").unlink()
    write_index(tmp_path, {"failed": "reason"})
    tree = read(parse, tmp_path)
    items = list(tree.one("ul", id="scenes").all("li"))
    assert [item.attributes["data-name"] for item in items] == [nasty, "without preview"]
    assert items[0].one("a").attributes["href"] == "a%22%20onload%3D%27x%27%20%3Ci%3E%26%2520%23%3F/report.html"
    assert not list(items[1].all("img"))


def test_none_done_is_no_list(tmp_path, parse):
    write_index(tmp_path, {"a": "reason"})
    tree = read(parse, tmp_path)
    assert not list(tree.all("ul", id="scenes"))
    assert tree.one("p", class_="lead").text == "0 scenes done, 1 failed in the last run."


def test_scenes_without_place_say_pixels(index, tmp_path, parse):
    copied = shutil.copytree(index, tmp_path / "out") / "town/manifest.json"
    content = json.loads(copied.read_text())
    content["scene"]["raster"]["crs"] = None
    copied.write_text(json.dumps(content))
    write_index(tmp_path / "out", {})
    assert "120,000 pixels" in next(read(parse, tmp_path / "out").all("p", class_="told")).text


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "index.html").mkdir()
    with pytest.raises(OutputError, match=r"index\.html: cannot be written"):
        write_index(tmp_path, {})


def test_a_page_of_another_program_stays(segmented, tmp_path):
    shutil.copytree(segmented, tmp_path / "village")
    page = tmp_path / "index.html"
    page.write_text("<!doctype html><title>mine</title>")
    assert renew_index(tmp_path) == ()
    with pytest.raises(OutputError, match=r"index\.html: is a page of another program"):
        write_index(tmp_path, {})
    assert page.read_text() == "<!doctype html><title>mine</title>"


def test_it_is_renewed_where_there_is_one(segmented, tmp_path, parse):
    assert renew_index(tmp_path) == ()
    shutil.copytree(segmented, tmp_path / "village")
    write_index(tmp_path, {"b": "reason"})
    shutil.copytree(segmented, tmp_path / "town")
    assert renew_index(tmp_path) == (tmp_path / "index.html",)
    items = list(read(parse, tmp_path).one("ul", id="scenes").all("li"))
    assert [item.attributes["data-name"] for item in items] == ["town", "village"]
