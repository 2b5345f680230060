import json

import pystac
import pytest
from affine import Affine
from pystac.errors import STACValidationError

from pipeline.errors import InputError
from pipeline.export.stac.collection import renew_collection

SCHEMA = "https://schemas.stacspec.org/v1.1.0/collection-spec/json-schema/collection.json"
PLACES = {
    "a": {"crs": "EPSG:32633", "transform": Affine(10, 0, 500000, 0, -10, 5400000)},
    "b": {"crs": "EPSG:4326", "transform": Affine(0.1, 0, 16, 0, -0.1, 49)},
    "c": {"crs": None},
}


@pytest.fixture
def out(item_of, tmp_path):
    """Give a folder of three scenes, one of them without a place."""
    for name, place in PLACES.items():
        item_of(name=name, **place)
    return tmp_path / "out"


def told(path):
    return json.loads(path.read_text())


def test_a_collection_is_valid_and_pystac_finds_its_items(out, validate):
    (path,) = renew_collection(out, found=True)
    content = told(path)
    assert SCHEMA in validate(content)
    collection = pystac.Collection.from_file(str(path))
    items = {item.id: item for item in collection.get_items()}
    assert list(items) == ["a", "b", "c"]
    for name, item in items.items():
        assert item.get_collection().id == collection.id == "out"
        assert item.get_parent() is item.get_root() is collection
        assert item.get_self_href() == str(out / name / "item.json")
        validate(told(out / name / "item.json"))
    assert collection.extent.spatial.bboxes == [pytest.approx([15, 48.7, 16.4, 49], abs=1e-7)]
    # Nobody knows when the scenes were taken.
    assert content["extent"]["temporal"]["interval"] == [[None, None]]
    assert content["summaries"]["proj:code"] == ["EPSG:32633", "EPSG:4326"]
    assert content["item_assets"]["classes"] == {"type": pystac.MediaType.COG, "roles": ["data"]}


@pytest.mark.parametrize(("key", "value"), [("license", None), ("extent", {}), ("summaries", {"proj:code": []})])
def test_the_schema_refuses_a_wrong_collection(out, validate, key, value):
    content = told(renew_collection(out, found=True)[0])
    with pytest.raises(STACValidationError):
        validate({**content, key: value})


def test_times_that_are_known_make_an_interval(item_of, image_file, tmp_path):
    for name, time in (("a", "2021:05:16 16:00:12"), ("b", "2020:01:02 03:04:05")):
        item_of(name=name, image=image_file(f"{name}.tif", TIFFTAG_DATETIME=time))
    (path,) = renew_collection(tmp_path / "out", found=True)
    assert told(path)["extent"]["temporal"]["interval"] == [["2020-01-02T03:04:05Z", "2021-05-16T16:00:12Z"]]


def test_without_a_place_the_extent_is_the_earth(item_of, tmp_path, validate):
    item_of(name="c", crs=None)
    content = told(renew_collection(tmp_path / "out", found=True)[0])
    validate(content)
    assert content["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_a_collection_is_renewed_where_there_is_one(out, item_of):
    assert renew_collection(out) == ()
    (path,) = renew_collection(out, found=True)
    before = {file: file.read_bytes() for file in (path, *out.glob("*/item.json"))}
    assert renew_collection(out) == (path,)
    assert {file: file.read_bytes() for file in before} == before
    item_of(name="d")
    # Made anew, as when it is segmented again.
    item_of(name="a", **PLACES["a"])
    renew_collection(out)
    assert [link["title"] for link in told(path)["links"] if link["rel"] == "item"] == ["a", "b", "c", "d"]
    assert (out / "a/item.json").read_bytes() == before[out / "a/item.json"]


def test_scenes_that_are_not_finished_are_not_in_it(out):
    (out / "b/manifest.json").unlink()
    (out / "c/item.json").unlink()
    (path,) = renew_collection(out, found=True)
    assert [link["href"] for link in told(path)["links"]] == ["./collection.json", "./a/item.json"]
    assert "collection" not in told(out / "b/item.json")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"type": "Feature"}'])
def test_what_is_no_item_is_named(out, text):
    (out / "b/item.json").write_text(text)
    with pytest.raises(InputError, match=r"b/item\.json: is not a STAC item"):
        renew_collection(out, found=True)
    assert not (out / "collection.json").exists()


def test_a_folder_without_items_has_none(tmp_path):
    assert renew_collection(tmp_path, found=True) == ()
    assert not list(tmp_path.iterdir())
