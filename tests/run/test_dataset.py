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
    # Nothing half-written: the folders of failed scenes hold at most work to go on from.
    assert sorted(path.name for path in (tmp_path / "out").glob("*/*.tif")) == [
        "classes.tif",
        "classes.tif",
        "finest.tif",
        "finest.tif",
    ]
    assert (tmp_path / "out/a/classes.tif").read_bytes() != b""


def test_a_lone_scene_that_fails_is_an_error(folder, tmp_path, quick):
    with pytest.raises(InputError, match=r"c\.tif"):
        segment_scenes([Scene("c", str(folder / "c.tif"))], load_config(None, quick), Options(out=tmp_path), print)
