"""The page of a run: what it says, and that it says it of any run."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
import rasterio
from PIL import Image

from pipeline.errors import InputError, OutputError
from pipeline.export.catalogue import PRODUCTS
from pipeline.export.report.product import _what, render, report_of
from pipeline.run.relabel import relabel

LINKS = (("classes.tif", "maps"),)


def page_of(folder):
    return (folder / "report.html").read_text(encoding="utf-8")


def without_times(page):
    return re.sub(r'<section id="timings".*?</section>', "", page, flags=re.DOTALL)


def picture(element):
    return Image.open(BytesIO(base64.b64decode(element.attributes["src"].split(",")[1])))


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_the_legend_is_the_map(folder, parse):
    tree = parse(page_of(folder))
    rows = [
        [cell.text.strip() for cell in row.all() if cell.tag in ("th", "td")]
        for row in tree.one("table", id="classes").one("tbody").all("tr")
    ]
    with rasterio.open(folder / "classes.tif") as file:
        counts = np.bincount(file.read(1).ravel(), minlength=6)[1:]
        colours = [file.colormap(1)[value][:3] for value in range(1, 6)]
    titles = [entry["title"] for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["classes"]]
    assert [row[0] for row in rows] == [title.rsplit(", ", 1)[0] for title in titles]
    # 0.3 m a pixel in UTM, near its central meridian's scale of 0.9996.
    assert [float(row[1]) for row in rows] == pytest.approx(counts * 0.09 / 1e4, rel=0.01, abs=1e-4)
    assert [float(row[2].split()[0]) for row in rows] == pytest.approx(100 * counts / counts.sum(), abs=0.051)
    swatches = [rect.attributes["fill"] for rect in tree.one("table", id="classes").all("rect")]
    assert swatches == [f"rgb({red},{green},{blue})" for red, green, blue in colours]


def test_pictures_are_the_scene_and_its_classes(folder, parse, scene_file, data_of):
    tree = parse(page_of(folder))
    scene, classes = map(picture, tree.one("div", id="view").all("img"))
    assert (scene.format, classes.format, classes.mode) == ("JPEG", "PNG", "P")
    assert scene.size == classes.size == (400, 300)
    with rasterio.open(scene_file) as file:
        difference = np.asarray(scene).astype(int) - np.moveaxis(file.read(), 0, -1)
    assert np.abs(difference).mean() < 12
    with rasterio.open(folder / "finest.tif") as file:
        finest = file.read(1)
    assert np.array_equal(np.asarray(classes), finest)
    # As it stands in the file, before any script: the map.
    with rasterio.open(folder / "classes.tif") as file:
        own, colours = file.read(1), file.colormap(1)
    seen = np.asarray(classes.convert("RGB"))
    assert np.array_equal(seen, np.array([colours[value][:3] for value in range(6)])[own])
    data = data_of(tree)
    assert [level["count"] for level in data["levels"]] == [3, 5, 8]
    assert np.array_equal(np.array(data["levels"][data["own"]]["lookup"])[finest], own)


def test_sections_have_names_and_nothing_is_loaded(folder, parse):
    page = page_of(folder)
    tree = parse(page)
    titles = {section.attributes["id"]: section.attributes["aria-labelledby"] for section in tree.all("section")}
    assert set(titles) == {"map", "training", "seams", "timings", "files", "provenance", "settings"}
    ids = [element.attributes["id"] for element in tree.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert set(titles.values()) <= set(ids)
    assert not [element for element in tree.all() if "style" in element.attributes]
    assert not [name for element in tree.all() for name in element.attributes if name.startswith("on")]
    sources = [element.attributes["src"] for element in tree.all() if "src" in element.attributes]
    assert all(source.startswith("data:image/") for source in sources)
    assert "http" not in re.sub(r"http-equiv|http://www\.w3\.org/2000/svg", "", page)
    policy = tree.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert policy.startswith("default-src 'none'; ")
    for text in (tree.one("style").text, next(tree.all("script", id=None)).text):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy


def test_files_beside_are_linked(folder, parse):
    links = [link.attributes["href"] for link in parse(page_of(folder)).one("ul", class_="files").all("a")]
    assert links == ["classes.tif", "finest.tif", "preview.png", "prior.pt", "manifest.json", "run.json"]
    assert all((folder / link).exists() for link in links)


def test_only_times_differ_between_runs(finished):
    page = render(finished, LINKS)
    timings = json.loads(json.dumps(finished.timings))
    timings["seconds"] = {name: 3 * seconds + 7 for name, seconds in timings["seconds"].items()}
    timings["workers"], timings["projected"] = 99, {}
    timings["prior"] = {"train": 1e6}
    for tile in timings["tiles"]:
        tile["seconds"], tile["memory"] = {"read": 5.0 + tile["column"]}, 12345
    other = render(replace(finished, timings=timings), LINKS)
    assert other != page
    assert without_times(other) == without_times(page)
    assert render(finished, LINKS) == page


def test_relabelled_it_is_the_page_of_a_run_with_that_many_classes(folder):
    before = page_of(folder)
    report = folder / "report.html"
    assert report in relabel(folder, 3)
    assert ">3 classes</h2>" in page_of(folder)
    assert report in relabel(folder, 5)
    assert without_times(page_of(folder)) == without_times(before)


def test_without_the_image_the_preview_serves_and_without_both_the_map_alone(finished, parse):
    def gone():
        raise InputError("gone")

    lost = replace(finished, image=gone)
    scene, _ = map(picture, parse(render(lost, LINKS)).one("div", id="view").all("img"))
    with Image.open(finished.folder / "preview.png") as preview:
        half = np.asarray(preview)[:, : scene.size[0]]
    assert np.abs(np.asarray(scene).astype(int) - half).mean() < 12
    (finished.folder / "preview.png").unlink()
    tree = parse(render(lost, LINKS))
    assert len(list(tree.one("div", id="view").all("img"))) == 1
    assert not list(tree.all(role="slider"))


def test_names_cannot_break_the_page(finished, parse, data_of):
    nasty = """</script></style><img src=x onerror=alert(1)>"' & {{ 7 * 7 }}"""
    record = json.loads(json.dumps(finished.record))
    record["scene"]["path"] = f"/data/{nasty.replace('/', '')}.tif"
    finest = replace(
        finished.finest,
        classes=replace(finished.finest.classes, names=tuple(nasty for _ in finished.finest.classes.names)),
    )
    level = replace(finished.level, classes=replace(finished.level.classes, names=(nasty,) * 5))
    tree = parse(render(replace(finished, name=nasty, record=record, finest=finest, level=level), ((nasty, nasty),)))
    assert tree.one("h1").text == nasty
    assert next(tree.all("title")).text == f"{nasty}: segmentation report"
    assert not list(tree.all("img", src="x"))
    assert len(list(tree.all("script"))) == 2
    assert tree.one("ul", class_="files").one("a").text == nasty
    assert data_of(tree)["unit"] == "ha"


def test_a_scene_without_a_place_has_pixels_for_areas(finished, parse):
    spec = replace(finished.style.spec, crs=None, transform=None)
    tree = parse(render(replace(finished, style=replace(finished.style, spec=spec)), LINKS))
    header = tree.one("table", id="classes").one("thead")
    assert [cell.text for cell in header.all("th")] == ["Class", "Pixels", "Share"]
    assert "data-metres" not in tree.one("div", id="view").attributes
    assert " ha" not in tree.one("header").text


def test_a_page_that_cannot_be_written_is_named(finished):
    (finished.folder / "report.html").unlink()
    (finished.folder / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html: cannot be written"):
        report_of(()).make(finished)


def test_every_output_that_may_be_chosen_is_explained():
    files = {name for product in PRODUCTS if product.name != "report" for name in product.files}
    assert len(files) > 8
    assert all(_what(name) for name in files)
