"""Settings and places that cannot be: one sentence that names the setting, before anything is written."""

import os

import numpy as np
import pytest
import rasterio


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "scene.tif"
    with rasterio.open(path, "w", driver="GTiff", width=80, height=60, count=3, dtype="uint8") as file:
        file.write(np.random.default_rng(0).integers(0, 255, (3, 60, 80), dtype=np.uint8))
    return path


@pytest.mark.parametrize(
    "setting",
    [
        *("tiles.size=-1", "tiles.size=1e400", "tiles.size=nan", "tiles.size='big'", "tiles.size=[1]", "tiles.size=15"),
        *("tiles.halo=64", "tiles.halo=-1", "tiles.halo=1.5", "tiles.halo=1", "tiles.size=99999999999999999999999999"),
        *("train.learning_rate=nan", "train.learning_rate=inf", "train.learning_rate=-0.1", "train.momentum=1"),
        *("train.steps=0", "train.steps={a=1}", "train.patch=9223372036854775808", "train.threads=0", "seed=-1"),
        *("input.bands=[]", "input.bands=[0]", "input.bands=[1, 'a']", "input.bands=[4]", "input.bands=[nan]"),
        *("input.nodata='x'", "input.nodata=1e400", "input.percentiles=[99, 1]", "input.percentiles=[nan, 1]"),
        *("input.windows=0", "input.allow_remote='maybe'", "output.products=['cake']", "output.classes=-1"),
        *("presegment.scale=nan", "presegment.method='magic'", "network.wide=0", "network.kind=[]", "levels=7"),
        *("cluster.workers=-1", "cluster.memory=nan", "cluster.memory=0", "nosuch.setting=1", "tiles.nosuch=1"),
        *("prior.file='/no/such/prior.pt'", "prior.file='/dev/null'", "seed=" + "9" * 5000, "seed=" + "[" * 2000),
        *("network.wide=1000000000", "train.patches=1000000000", "train.batch=1000000000", "é=1", "=", "tiles", ""),
    ],
)
def test_settings(refused, scene, setting):
    sentence = refused(scene, "--set", setting)
    key = setting.partition("=")[0].strip() or "--set"
    named = {"train.batch": "memory", "train.patches": "memory", "nosuch.setting": "nosuch"}.get(
        key, key.split(".")[-1]
    )
    assert named in sentence
    assert len(sentence) < 1000


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"[tiles\n",
        b"tiles = 1\n[tiles]\n",
        b"[tiles]\noffset = nan\n",
        b"\0",
        b"a = " + b"[" * 5000,
        b"[a.b.c]\n",
    ],
)
def test_configuration_files(refused, scene, tmp_path, content):
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    assert str(path) in refused(scene, "--config", path)


def test_no_configuration_files(refused, scene, tmp_path):
    for path in (tmp_path / "missing.toml", tmp_path, scene):
        assert str(path) in refused(scene, "--config", path)


@pytest.mark.parametrize(
    "words",
    [
        *(
            ("--window", text)
            for text in ("", "a", "1,2,3", "0,0,0,0", "0,0,-5,5", "99,99,5,5", "1e9,0,1,1", "9" * 5000)
        ),
        *(("--bbox", text) for text in ("", "a", "1,2,3", "nan,nan,nan,nan", "0,0,0,0", "0,0,inf,inf", "1,1,2,2")),
        ("--window", "0,0,9,9", "--bbox", "0,0,1,1"),
        ("--gpus", "a"),
        ("--gpus", "-1"),
        ("--outputs", "cake"),
    ],
)
def test_words(refused, scene, words):
    refused(scene, *words)


def test_places_for_results(refused, scene, tmp_path):
    assert "is a file" in refused(scene, out=scene)
    assert "is a file" in refused(scene, out=scene / "within")
    for name in ("classes", "finest", "objects"):
        (tmp_path / "in" / name).mkdir(parents=True)
        itself = tmp_path / "in" / name / f"{name}.tif"
        itself.write_bytes(scene.read_bytes())
        assert "would overwrite the scene itself" in refused(itself, out=tmp_path / "in")
    refused(scene, out="/proc/nowhere")
    refused(scene, "--work", "/proc/nowhere")
    assert "cannot be a folder" in refused(scene, out=tmp_path / ("x" * 300))


def test_folders_that_take_no_files(refused, scene, tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir()
    monkeypatch.setattr(
        os, "access", lambda path, mode, **_: not (mode & os.W_OK and str(path).startswith(str(closed)))
    )
    assert f"{closed}: cannot be written to" in refused(scene, out=closed / "out")
    assert "or choose another folder with --work" in refused(scene, "--work", closed)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_that_must_not_be_written_to(refused, scene, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert "closed" in refused(scene, out=closed / "out")
