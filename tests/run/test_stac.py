"""Scenes of a run as a STAC collection, through segmenting, adding and relabelling."""

import hashlib
import json

import pytest

from pipeline.config.load import load_config
from pipeline.run.dataset import segment_scenes
from pipeline.run.options import Options
from pipeline.run.relabel import relabel
from pipeline.run.scenes import Scene


@pytest.fixture
def segment(scene_file, tmp_path, quick):
    """Give a function that segments copies of a scene of these names; one called "bad" is no raster."""

    def run(*names, out="out", settings=()):
        scenes = []
        for name in names:
            path = tmp_path / f"{name}.tif"
            path.write_bytes(b"no raster" if name == "bad" else scene_file.read_bytes())
            scenes.append(Scene(name, str(path)))
        chosen = ['output.products=["classes", "stac"]', *settings]
        segment_scenes(scenes, load_config(None, [*quick, *chosen]), Options(out=tmp_path / out), lambda _: None)
        return tmp_path / out

    return run


def told(path):
    return json.loads(path.read_text())


def scenes_of(out):
    return [link["href"] for link in told(out / "collection.json")["links"] if link["rel"] == "item"]


def test_several_scenes_make_a_collection_that_grows(segment):
    out = segment("a")
    assert (out / "a/item.json").exists()
    assert not (out / "collection.json").exists()
    segment("b", "bad", "c")
    assert scenes_of(out) == ["./a/item.json", "./b/item.json", "./c/item.json"]
    before = (out / "a/item.json").read_bytes()
    segment("d")
    assert scenes_of(out)[-1] == "./d/item.json"
    # Segmented again: the same bytes, and still of the collection.
    segment("a")
    assert (out / "a/item.json").read_bytes() == before
    assert told(out / "a/item.json")["collection"] == "out"


def test_relabelled_scenes_stay_in_their_collection(segment):
    settings = ("train.min_labels=12", "train.label_share=0.001")
    out = segment("a", "b", settings=settings)
    expected = segment("a", "b", out="few/out", settings=[*settings, "output.classes=3"])
    made = relabel(out / "a", 3)
    assert [path.name for path in made] == [
        "classes.tif",
        "preview.png",
        "item.json",
        "manifest.json",
        "collection.json",
    ]
    relabel(out / "b", 3)
    for name in ("a/item.json", "b/item.json", "collection.json"):
        assert (out / name).read_bytes() == (expected / name).read_bytes(), name
    item = told(out / "a/item.json")
    for asset in item["assets"].values():
        if "file:checksum" in asset:
            data = (out / "a" / asset["href"]).read_bytes()
            assert asset["file:checksum"] == "1220" + hashlib.sha256(data).hexdigest(), asset["href"]
    assert set(item["assets"]) == {"classes", "finest", "preview", "prior", "manifest"}
