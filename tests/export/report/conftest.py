"""A finished run, and its page read back."""

import copy
import json
import shutil
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from pipeline.cluster import open_cluster
from pipeline.cluster.fitness import versions
from pipeline.config.load import load_config
from pipeline.export.product import Finished
from pipeline.export.report.index import write_index
from pipeline.run.finished import read_run
from pipeline.run.options import Options
from pipeline.run.planning import plan_scene
from pipeline.run.scene import segment_scene
from pipeline.run.scenes import Scene
from pipeline.stitch.levels import take_level

SETTINGS = (
    *("tiles.size=160", "tiles.halo=32", "train.min_labels=12", "train.label_share=0.001"),
    *('output.products=["classes", "report"]', "output.classes=5", "output.levels=[3, 8, 500]"),
)
VOID = {"meta", "img", "input", "br", "link", "hr", "rect", "line", "circle", "polyline", "polygon", "path"}


@pytest.fixture(scope="session")
def segmented(scene_file, tmp_path_factory, quick):
    """Give the folder of a run of six tiles with a report; not to be changed."""
    config = load_config(None, [*quick, *SETTINGS])
    out = tmp_path_factory.mktemp("out")
    plan = plan_scene(Scene("village", str(scene_file)), config, Options(out=out), versions())
    with open_cluster(config.cluster, plan.workers) as executor:
        segment_scene(plan, executor)
    return out / "village"


@pytest.fixture
def folder(segmented, tmp_path):
    """Give a copy of the run's folder."""
    return shutil.copytree(segmented, tmp_path / "village")


@pytest.fixture
def finished(folder):
    """Give the run as outputs are made from it."""
    run = read_run(folder)
    level = take_level(run.finest.classes, run.finest.tree, run.config.output.classes)
    record = copy.deepcopy(run.content)
    return Finished(
        run.name,
        folder,
        folder / "finest.tif",
        run.style,
        run.finest,
        level,
        run.nodata,
        run.scaling,
        run.image,
        record=record,
        timings=run.timings,
    )


@dataclass
class Element:
    tag: str
    attributes: dict
    parent: "Element | None" = None
    children: list = field(default_factory=list)

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag=None, **attributes):
        """Find elements below by tag and attributes; `class_` for class."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        for child in self.children:
            if isinstance(child, Element):
                if tag in (None, child.tag) and all(child.attributes.get(key) == wanted[key] for key in wanted):
                    yield child
                yield from child.all(tag, **attributes)

    def one(self, tag=None, **attributes):
        found = list(self.all(tag, **attributes))
        assert len(found) == 1, (tag, attributes, len(found))
        return found[0]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.at = Element("document", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), self.at)
        self.at.children.append(element)
        if tag not in VOID or (tag in {"rect", "circle"} and not self.get_starttag_text().endswith("/>")):
            self.at = element

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, dict(attrs), self.at))

    def handle_endtag(self, tag):
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


@pytest.fixture(scope="session")
def parse():
    """Give a function that reads a page to a tree; every element must be closed where it was opened."""

    def read(page):
        reader = _Reader()
        reader.feed(page)
        reader.close()
        assert reader.at is reader.root
        return reader.root

    return read


@pytest.fixture(scope="session")
def data_of():
    """Give a function that returns what a page's scripts work with."""
    return lambda tree: json.loads(tree.one("script", id="data").text)


@pytest.fixture(scope="session")
def index(segmented, tmp_path_factory):
    """Give a folder of two scenes with an index; the second took longer."""
    out = tmp_path_factory.mktemp("data set")
    for name, longer in (("town", 0), ("village", 100)):
        copied = shutil.copytree(segmented, out / name)
        content = json.loads((copied / "run.json").read_text(encoding="utf-8"))
        content["seconds"]["tiles"] += longer
        (copied / "run.json").write_text(json.dumps(content), encoding="utf-8")
    write_index(out, {"b<b>": "b<b>.tif: cannot be read & is no raster"})
    return out
