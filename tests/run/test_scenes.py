"""What a command line's scenes expand to."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.run.scenes import Scene, find_scenes, scene_name


@pytest.fixture
def make(tmp_path):
    def make(*names: str) -> list[str]:
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"")
        return [str(tmp_path / name) for name in names]

    return make


def paths(*arguments: object) -> list[str]:
    return [scene.path for scene in find_scenes(map(str, arguments))]


def test_files_stay_in_the_order_given_whatever_they_are_called(make):
    files = make("b.tif", "a.vrt", "strange.dat", "c_mask.tif")
    assert find_scenes(files) == [
        Scene("b", files[0]), Scene("a", files[1]), Scene("strange", files[2]), Scene("c_mask", files[3]),
    ]  # fmt: skip


def test_a_missing_file_is_left_to_who_opens_it():
    assert paths("nowhere.tif") == ["nowhere.tif"]


def test_a_folder_means_the_rasters_directly_in_it(make, tmp_path):
    wanted = make("a.tif", "b.TIFF", "c.jp2", "d.vrt", "e.png", "f.img", "unmasked.tif")
    make("a.tif.aux.xml", "a.tif.ovr", "b.tfw", "b.msk", "notes.txt", "a.geojson", "deeper/z.tif")
    make("a_mask.tif", "a.mask.tif", "b-MASK.png", ".hidden.tif", ".classes.tif.part/classes.tif")
    (tmp_path / "folder.tif").mkdir()
    assert paths(tmp_path) == wanted
    assert paths(f"{tmp_path}/") == wanted


def test_our_outputs_are_no_scenes_but_files_of_their_names_are(make, tmp_path):
    outputs = make("classes.tif", "finest.tif", "objects.tif", "preview.png", "try.png")
    (scene,) = make("scene.tif")
    assert paths(tmp_path) == sorted([*outputs, scene])
    make("manifest.json")
    assert paths(tmp_path) == [scene]
    # Whoever names one means it.
    assert paths(outputs[0]) == [outputs[0]]


def test_a_glob_takes_rasters_and_folders_of_rasters(make, tmp_path):
    files = make("x1.tif", "x2.tif", "xx/y.tif")
    make("x1.tif.ovr", "x1_mask.tif", "xempty/notes.txt")
    assert paths(tmp_path / "x*") == files
    assert paths(tmp_path / "x?.tif") == files[:2]
    with pytest.raises(InputError, match=r"q\*\.tif: no raster matches this pattern$"):
        find_scenes([str(tmp_path / "q*.tif")])


def test_a_file_whose_name_looks_like_a_glob_is_a_file(make):
    files = make("a[1].tif", "a1.tif")
    assert paths(files[0]) == [files[0]]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://host/folder/scene.tif?token=a/b.tif&x=*", "scene"),
        ("/vsicurl/https://host/x%20y.tif", "x_20y"),
        ("/vsizip/archive.zip/inner*/a.tif", "a"),
        ("s3://bucket/key.with.dots.tif", "key.with.dots"),
        ("https://host/", "scene"),
    ],
)
def test_addresses_are_kept_as_they_are(address, name):
    assert find_scenes([address]) == [Scene(name, address)]


def test_two_scenes_of_one_name_are_refused_with_both_named(make, tmp_path):
    images, truth = make("images/austin1.tif", "gt/austin1.tif")
    with pytest.raises(InputError) as caught:
        find_scenes([str(tmp_path / "images"), str(tmp_path / "gt")])
    assert images in str(caught.value)
    assert truth in str(caught.value)
    with pytest.raises(InputError, match=r"a\.tif and a\.vrt would both be written to the folder a"):
        find_scenes(["a.tif", "a.vrt"])
    with pytest.raises(InputError, match="folder a_b"):
        find_scenes(["a b.tif", "a_b.tif"])


def test_a_scene_named_twice_is_taken_once(make, tmp_path, monkeypatch):
    first, second = make("a.tif", "b.tif")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    assert paths(first, tmp_path, "a.tif", "./a.tif", "link/a.tif", tmp_path / "*.tif") == [first, second]
    assert paths("https://host/a.tif", "https://host/a.tif") == ["https://host/a.tif"]


def test_what_is_no_scene_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no raster directly in this folder"):
        find_scenes([str(tmp_path)])
    with pytest.raises(InputError, match="name is empty"):
        find_scenes(["a.tif", ""])


def test_the_text_of_a_vrt_is_no_path():
    text = f"<VRTDataset>{' ' * 5000}</VRTDataset>"
    assert paths(text) == [text]


def test_a_folder_that_cannot_be_read_is_refused(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match=r"cannot be listed \(Permission denied\)"):
        find_scenes([str(tmp_path)])


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("..", "scene"),
        ("../..", "scene"),
        ("a/..", "scene"),
        ("/", "scene"),
        (".tif", "tif"),
        ("...tif", "tif"),
        ("a..tif", "a"),
        ("a b\tc\n.tif", "a_b_c_"),
        ("a\\..\\b.tif", "a_.._b"),
        ("São Paulo (2).tif", "São_Paulo__2_"),
        ("NETCDF:file.nc:variable", "NETCDF_file"),
        ("no_suffix", "no_suffix"),
    ],
)
def test_odd_names_become_folders(path, name):
    assert scene_name(path) == name


@given(st.text())
@example("x/../..")
@example("//../..//")
@example("https://..")
@example("https://host/..%2f..")
def test_a_name_is_one_step_down_whatever_the_path(path):
    name = scene_name(path)
    assert name not in {"", ".", ".."}
    assert not set(name) & {"/", "\\", " ", "\0", "\n"}
    assert os.path.normpath(Path("out") / name) == os.path.join("out", name)  # noqa: PTH118
