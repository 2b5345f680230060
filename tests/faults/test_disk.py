"""A disk that is full: one sentence, what was finished stays, and the run goes on once there is room."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from pipeline import files
from pipeline.config.load import load_config
from pipeline.errors import OutputError
from pipeline.run.dataset import segment_scenes
from pipeline.run.options import Options
from pipeline.run.scenes import Scene

SETTINGS = ("tiles.size=160", "tiles.halo=32", "presegment.method=watershed", "train.steps=2", "train.start_steps=2")
PRODUCTS = 'output.products=["classes", "objects", "vector", "style", "stac", "report", "animation"]'


@pytest.fixture
def segment(scene_file, quick):
    """Give a function that segments a scene into a folder, in this process, with all outputs."""

    def run(out, **options):
        config = load_config(None, [*quick, *SETTINGS, PRODUCTS])
        return segment_scenes([Scene("a", str(scene_file))], config, Options(out=out, **options), lambda _: None)

    return run


def complaint_of(segment, out):
    """Return what a run complains of; None: it came to its end."""
    try:
        segment(out)
    except OutputError as error:
        return str(error)
    return None


def whole(out):
    return sorted(path.name for path in (out / "a").iterdir() if path.suffix in {".tif", ".gpkg", ".html", ".png"})


def test_whatever_cannot_be_written_is_a_sentence_and_the_same_command_goes_on(segment, tmp_path, monkeypatch):
    """The disk has room for one file, and for one more at every try."""
    segment(tmp_path / "whole")
    fsync, room, seen = os.fsync, [0], set()

    def full(number):
        room[0] -= 1
        if room[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr(files.os, "fsync", full)
    for more in range(1, 60):
        room[0] = more
        said = complaint_of(segment, tmp_path / "out")
        if said is None:
            break
        assert "No space left on device" in said
        assert "\n" not in said
        seen.add(Path(said.partition(":")[0]).name)
        assert not list((tmp_path / "out/a").glob(".[!w]*"))
    assert len(seen) > 8
    assert whole(tmp_path / "out") == whole(tmp_path / "whole")
    for name in ("classes.tif", "objects.tif", "item.json", "manifest.json"):
        assert (tmp_path / "out/a" / name).read_bytes() == (tmp_path / "whole/a" / name).read_bytes()


@pytest.fixture
def small_disk(tmp_path):
    """Give a file system of its own and a function that changes its size."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*words):
        return subprocess.run(["mount", *words, str(folder)], capture_output=True, check=False).returncode == 0  # noqa: S603, S607

    if not mount("-t", "tmpfs", "-o", "size=700k", "tmpfs"):
        pytest.skip("only root may mount a small disk")
    yield folder, lambda size: mount("-o", f"remount,size={size}")
    # Whoever is about to end may have a file open there for a moment yet.
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


def test_a_small_disk(segment, small_disk, monkeypatch, tmp_path):
    folder, resize = small_disk
    # The plan would refuse it before work.
    monkeypatch.setattr("pipeline.run.planning.check_disk", lambda *_: None)
    errors = []
    for size in ("700k", "1500k", "3m", "60m"):
        assert resize(size)
        errors.append(complaint_of(segment, folder))
    assert errors[0] is not None
    assert errors[-1] is None
    assert all(str(folder) in error and "\n" not in error for error in errors if error is not None)
    segment(tmp_path / "whole")
    assert whole(folder) == whole(tmp_path / "whole")
    assert (folder / "a/manifest.json").read_bytes() == (tmp_path / "whole/a/manifest.json").read_bytes()
