import hashlib
import json
import shutil
from dataclasses import replace

import pystac
import pytest
from affine import Affine
from pystac.errors import STACValidationError
from pystac.extensions.classification import ClassificationExtension
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS

from pipeline.errors import InputError
from pipeline.export.product import Product
from pipeline.export.stac.item import stac_of

PIXELS = [1, 6, 3, 2]
"""Of the values of finest.tif."""

SCHEMAS = {
    "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json",
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/classification/v2.0.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.0.0/schema.json",
}


def test_an_item_is_valid_and_pystac_reads_it(item_of, validate):
    content = item_of()
    assert set(validate(content)) == SCHEMAS
    item = pystac.Item.from_dict(content)
    assert item.id == "village"
    place = ProjectionExtension.ext(item)
    assert (place.code, place.shape, place.transform) == ("EPSG:32633", [3, 4], [10, 0, 500000, 0, -10, 5400000])
    assert place.bbox == [500000, 5399970, 500040, 5400000]
    # The central meridian is the left edge.
    assert item.bbox[0] == pytest.approx(15, abs=1e-7)
    assert item.bbox[3] - item.bbox[1] == pytest.approx(30 / 111200, rel=1e-3)
    assert item.properties["processing:software"] == {"aerialseg": "0.1"}
    assert item.properties["aerialseg:seed"] == 5
    assert "village.tif (bands 1, 2, 3)" in item.properties["processing:lineage"]
    assert set(item.assets) == {"classes", "finest", "preview", "manifest"}


def put(content, *path, value):
    *way, last = path
    for key in way:
        content = content[key]
    content[last] = value


@pytest.mark.parametrize(
    ("schema", "path", "value"),
    [
        ("item-spec", ("geometry",), None),
        ("item-spec", ("properties", "datetime"), "yesterday"),
        ("item-spec", ("assets", "classes", "bands", 0, "data_type"), "uint9"),
        ("projection", ("properties", "proj:shape"), [3.5, 4]),
        ("projection", ("properties", "proj:epsg"), 32633),
        ("classification", ("assets", "classes", "classification:classes", 0, "name"), "class 1"),
        ("classification", ("assets", "finest", "classification:classes", 1, "color_hint"), "#FFFFFF"),
        ("file", ("assets", "classes", "file:checksum"), "1220XY"),
        ("file", ("assets", "preview", "file:size"), -1),
        ("processing", ("properties", "processing:software"), ["aerialseg"]),
        ("processing", ("properties", "processing:programme"), "aerialseg"),
    ],
)
def test_every_schema_refuses_a_wrong_item(item_of, validate, schema, path, value):
    content = item_of()
    put(content, *path, value=value)
    with pytest.raises(STACValidationError, match=f"against schema at .*/{schema}/"):
        validate(content)


def test_assets_are_the_files_with_their_checksums(item_of, tmp_path):
    item = pystac.Item.from_dict(item_of())
    item.set_self_href(str(tmp_path / "out/village/item.json"))
    for key in ("classes", "finest", "preview"):
        asset = item.assets[key]
        assert asset.href.startswith("./")
        data = (tmp_path / "out/village" / asset.href).read_bytes()
        told = FileExtension.ext(asset)
        assert told.size == len(data)
        assert told.checksum == "1220" + hashlib.sha256(data).hexdigest()
    # It is written after the item, which cannot know it.
    assert FileExtension.ext(item.assets["manifest"]).checksum is None
    assert item.assets["classes"].media_type == pystac.MediaType.COG
    assert item.assets["preview"].roles == ["thumbnail", "overview"]


def test_classes_are_told_with_their_pixels(item_of):
    item = pystac.Item.from_dict(item_of())
    fine = ClassificationExtension.ext(item.assets["finest"]).classes
    assert [one.value for one in fine] == [0, 1, 2, 3]
    assert [one.nodata for one in fine] == [True, None, None, None]
    counts = [one.to_dict()["count"] for one in fine]
    assert counts == PIXELS
    assert [one.percentage for one in fine] == pytest.approx([100 * count / 12 for count in counts], abs=1e-3)
    assert fine[2].to_dict() == {
        "value": 2,
        "name": "class-2",
        "title": "2: green, 27 %",
        "description": "2: green, 27 %",
        "color_hint": "008009",
        "percentage": 25.0,
        "count": 3,
    }
    coarse = ClassificationExtension.ext(item.assets["classes"]).classes
    assert [one.to_dict()["count"] for one in coarse] == [1, 8, 3]
    assert item.assets["classes"].extra_fields["bands"] == [{"name": "classes", "data_type": "uint8", "nodata": 0}]


def test_other_outputs_are_assets_where_they_were_chosen_and_made(item_of, finished, validate):
    def make(name):
        return lambda run: (run.folder / name).write_bytes(name.encode())

    vectors = Product("vectors", ("objects.gpkg", "objects.fgb"), make("objects.gpkg"))
    styles = Product("styles", ("classes.qml",), make("classes.qml"))
    folder = finished().folder
    for product in (vectors, styles):
        product.make(finished())
    content = item_of(vectors, styles, products=("classes", "vectors", "stac"))
    validate(content)
    # The style was not chosen: what lies there is of another run.
    assert set(content["assets"]) == {"classes", "finest", "preview", "manifest", "objects.gpkg"}
    assert content["assets"]["objects.gpkg"]["file:size"] == len("objects.gpkg")
    assert content["assets"]["objects.gpkg"]["type"] == pystac.MediaType.GEOPACKAGE
    (folder / "report.html").write_text("of an earlier run")
    report = item_of(products=("classes", "stac", "report"))["assets"]["report"]
    assert report == {
        "href": "./report.html",
        "type": "text/html",
        "title": "What was found and how, on one page",
        "roles": ["metadata"],
    }


def test_a_scene_without_a_place_has_no_geometry(item_of, validate):
    content = item_of(crs=None)
    assert validate(content)
    assert content["geometry"] is None
    assert "bbox" not in content
    assert content["properties"]["proj:code"] is None
    assert "proj:transform" not in content["properties"]


def test_a_system_without_a_code_is_told_as_wkt2(item_of, validate):
    text = "+proj=laea +lat_0=48.5 +lon_0=15.25 +x_0=0 +y_0=0 +ellps=GRS80 +units=m"
    content = item_of(crs=text, transform=Affine(10, 0, 0, 0, -10, 0))
    validate(content)
    assert content["properties"]["proj:code"] is None
    assert CRS.from_wkt(content["properties"]["proj:wkt2"]) == CRS.from_string(text)


def test_control_points_give_a_footprint_and_no_code(item_of, validate):
    points = [GroundControlPoint(row, col, 10 + col / 100, 50 - row / 100) for row in (0, 3) for col in (0, 4)]
    content = item_of(crs="EPSG:4326", gcps=points)
    validate(content)
    assert content["bbox"] == pytest.approx([10, 49.97, 10.04, 50], abs=1e-7)
    assert content["properties"]["proj:code"] is None


def test_a_time_is_that_of_the_image_or_unknown(item_of, image_file, validate):
    unknown = item_of()["properties"]
    assert unknown["datetime"] is None
    assert unknown["start_datetime"] < unknown["end_datetime"]
    path = image_file("timed.tif", TIFFTAG_DATETIME="2021:05:16 16:00:12")
    content = item_of(image=path)
    validate(content)
    assert content["properties"]["datetime"] == "2021-05-16T16:00:12Z"
    assert content["properties"]["aerialseg:datetime_tag"] == "TIFFTAG_DATETIME"
    assert "start_datetime" not in content["properties"]


def test_a_relabelled_run_needs_no_image(finished, image_file, tmp_path):
    path = image_file("timed.tif", TIFFTAG_DATETIME="2021:05:16 16:00:12")
    run = finished(image=path)

    def gone():
        raise InputError("it is gone")

    stage = tmp_path / "stage"
    shutil.copytree(run.folder, stage)
    (stage / "finest.tif").unlink()
    again = replace(run, folder=stage, image=gone)
    with pytest.raises(InputError, match="gone"):
        stac_of(()).make(again)
    stac_of(()).make(run)
    stac_of(()).make(again)
    assert (stage / "item.json").read_bytes() == (run.folder / "item.json").read_bytes()


def test_the_item_tells_nothing_of_the_machine(item_of, tmp_path):
    assert str(tmp_path) not in json.dumps(item_of())


def test_an_item_is_the_same_wherever_the_image_lies(finished, image_file):
    made = []
    for place in ("here", "there"):
        run = finished(image=image_file(f"{place}/village.tif"))
        stac_of(()).make(run)
        made.append((run.folder / "item.json").read_bytes())
    assert made[0] == made[1]
