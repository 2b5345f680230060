import re

import numpy as np
import pytest
import rasterio

from pipeline.config.load import load_config
from pipeline.errors import InputError
from pipeline.run.dataset import segment_scenes
from pipeline.run.plan import Options
from pipeline.run.scenes import Scene, find_scenes


@pytest.fixture
def folder(scene_file, tmp_path):
    """Give a folder of two scenes, one that is damaged behind its first block, and one that is no raster."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    for name in ("a.tif", "d.tif"):
        (folder / name).write_bytes(scene_file.read_bytes())
    noise = np.random.default_rng(0).integers(0, 255, (3, 200, 200), dtype=np.uint8)
    profile = {"driver": "GTiff", "width": 200, "height": 200, "count": 3, "dtype": "uint8", "compress": "deflate"}
    with rasterio.open(folder / "b.tif", "w", tiled=True, blockxsize=64, blockysize=64, **profile) as file:
        file.write(noise)
    data = (folder / "b.tif").read_bytes()
    (folder / "b.tif").write_bytes(data[: len(data) // 2])
    (folder / "c.tif").write_text("not a raster")
    return folder


def test_bad_scenes_do_not_stop_the_good_ones(folder, tmp_path, quick):
    said = []
    outcomes = segment_scenes(
        find_scenes([str(folder)]), load_config(None, quick), Options(out=tmp_path / "out"), said.append
    )
    assert [(outcome.scene.name, outcome.reason is None) for outcome in outcomes] == [
        ("a", True),
        ("b", False),
        ("c", False),
        ("d", True),
    ]
    assert "b.tif" in outcomes[1].reason
    assert "c.tif" in outcomes[2].reason
    table = said[-1].splitlines()
    assert table[-1] == "2 of 4 scenes done"
    assert [re.split(r"\s{2,}", line)[1] for line in table[:-1]] == ["done", "failed", "failed", "done"]
    # Nothing is left of failed scenes: no run could go on from it.
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "d"]
    assert sorted(path.name for path in (tmp_path / "out").glob("*/*.tif")) == [
        "classes.tif",
        "classes.tif",
        "finest.tif",
        "finest.tif",
    ]
    assert (tmp_path / "out/a/classes.tif").read_bytes() != b""


def test_reports_have_an_index_where_there_are_several(folder, tmp_path, quick):
    config, out = load_config(None, [*quick, 'output.products=["classes", "report"]']), tmp_path / "out"
    said = []
    segment_scenes(find_scenes([str(folder)]), config, Options(out=out), said.append)
    assert said[-1] == f"all reports: {out / 'index.html'}"
    page = (out / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="(.*?)"', page) == ["a/report.html", "d/report.html"]
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["b", "c"]
    assert (out / "a/report.html").exists()
    (out / "index.html").unlink()
    # A failure of the index is no failure of the scenes.
    (out / "index.html").mkdir()
    outcomes = segment_scenes(find_scenes([str(folder / "[ad].tif")]), config, Options(out=out), said.append)
    assert [outcome.reason for outcome in outcomes] == [None, None]
    assert "index.html: cannot be written" in said[-1]
    segment_scenes([Scene("a", str(folder / "a.tif"))], config, Options(out=tmp_path / "one"), said.append)
    assert not (tmp_path / "one/index.html").exists()


def test_a_lone_scene_that_fails_is_an_error(folder, tmp_path, quick):
    with pytest.raises(InputError, match=r"c\.tif"):
        segment_scenes([Scene("c", str(folder / "c.tif"))], load_config(None, quick), Options(out=tmp_path), print)
