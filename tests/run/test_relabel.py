"""Another number of classes for a finished run."""

import json
import shutil

import numpy as np
import pyogrio
import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from pipeline.errors import ConfigError, InputError, OutputError
from pipeline.run.lock import locked
from pipeline.run.relabel import relabel

SETTINGS = ("tiles.size=160", "tiles.halo=32", "train.min_labels=12", "train.label_share=0.001")
FILES = ("classes.tif", "preview.png")


@pytest.fixture(scope="module")
def finished(scene_file, tmp_path_factory):
    """Give a function that copies the folder of a finished run, made once per set of settings.

    Work is kept, so that another number of classes is written anew and not segmented anew.
    """
    made, work = {}, tmp_path_factory.mktemp("work")

    def copy(run, tmp_path, *settings, out="out"):
        if settings not in made:
            result = run(scene_file, *SETTINGS, *settings, out="made", work=work, keep_work=True)
            made[settings] = tmp_path_factory.mktemp("finished") / "village"
            shutil.copytree(result.outputs[0].parent, made[settings])
        shutil.copytree(made[settings], tmp_path / out / "village")
        return tmp_path / out / "village"

    return copy


def pixels(path):
    with rasterio.open(path) as file:
        return file.read(1)


def told(folder):
    return json.loads((folder / "manifest.json").read_text())


def count_of(folder):
    return len(told(folder)["levels"]["finest"])


def test_a_run_keeps_its_levels(run, finished, tmp_path):
    folder = finished(run, tmp_path, "output.classes=4")
    manifest = told(folder)
    levels, finest = manifest["levels"], pixels(folder / "finest.tif")
    most = len(levels["finest"])
    assert most > 5
    assert [entry["pixels"] for entry in levels["finest"]] == np.bincount(finest.ravel(), minlength=most + 1)[
        1:
    ].tolist()
    assert [level["classes"] for level in levels["levels"]] == list(range(2, most + 1))
    assert len(manifest["classes"]) == 4
    for place, level in enumerate(levels["levels"]):
        assert level["lookup"] == [entry["at"][place] for entry in levels["finest"]]
        counts = np.bincount(np.array([0, *level["lookup"]])[finest].ravel(), minlength=level["classes"] + 1)
        assert level["pixels"] == counts[1:].tolist()
        assert sum(level["shares"]) == pytest.approx(1, abs=1e-4)
    four = levels["levels"][2]
    assert np.array_equal(pixels(folder / "classes.tif"), np.array([0, *four["lookup"]])[finest])
    assert [entry["colour"] for entry in manifest["classes"]] == four["colours"]
    assert [entry["pixels"] for entry in manifest["classes"]] == four["pixels"]
    with rasterio.open(folder / "classes.tif") as classes, rasterio.open(folder / "finest.tif") as all_of_them:
        assert [list(classes.colormap(1)[value][:3]) for value in range(1, 5)] == four["colours"]
        assert classes.tags()["AERIALSEG_CLASSES"] == "4"
        assert all_of_them.tags()["AERIALSEG_CLASSES"] == str(most)
    assert cog_validate(folder / "finest.tif", strict=True)[0]


@pytest.mark.parametrize("scope", ["shared", "independent"])
def test_the_bytes_are_those_of_a_run_with_that_many_classes(run, finished, tmp_path, scope):
    folder = finished(run, tmp_path, f"train.scope={scope}")
    most = count_of(folder)
    # Down, up, and to all of them; each from what the one before has left.
    for count in (3, 5, most, 2):
        expected = finished(run, tmp_path, f"train.scope={scope}", f"output.classes={count}", out=f"run-{count}")
        outputs = relabel(folder, count)
        assert [path.name for path in outputs] == ["classes.tif", "preview.png", "manifest.json"]
        for name in (*FILES, "finest.tif"):
            assert (folder / name).read_bytes() == (expected / name).read_bytes(), name
        for part in ("classes", "levels", "config", "nodata_pixels", "seams"):
            assert told(folder)[part] == told(expected)[part], part
        assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in expected.iterdir())


def test_with_all_classes_both_maps_are_one(run, finished, tmp_path):
    for settings in ("output.classes=0", "output.classes=1000"):
        folder = finished(run, tmp_path, settings, out=settings)
        assert (folder / "classes.tif").read_bytes() == (folder / "finest.tif").read_bytes()


def test_nodata_stays_and_so_do_places_that_geotiff_cannot_tell(run, tmp_path, scene_file):
    path = tmp_path / "collar.tif"
    with rasterio.open(scene_file) as scene:
        image, profile = np.maximum(scene.read(), 1), scene.profile
    image[:, :130, :260] = 0
    profile.pop("transform")
    points = [rasterio.control.GroundControlPoint(r, c, 10 + c / 1e3, 50 - r / 1e3) for r in (0, 300) for c in (0, 400)]
    with rasterio.open(path, "w", **{**profile, "nodata": 0, "crs": "EPSG:4326", "gcps": points}) as file:
        file.write(image)
    first = run(path, *SETTINGS, "output.classes=2", out="first").outputs[0]
    second = run(path, *SETTINGS, "output.classes=4", out="second").outputs[0]
    relabel(second.parent, 2)
    assert second.read_bytes() == first.read_bytes()
    assert not pixels(second)[:130, :260].any()
    with rasterio.open(second) as file:
        assert len(file.gcps[0]) == 4


def test_a_count_out_of_range_is_refused(run, finished, tmp_path):
    folder = finished(run, tmp_path)
    most = count_of(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    for count in (-1, 0, 1, most + 1):
        with pytest.raises(ConfigError, match=rf"--classes {count} cannot be had .* choose from 2 to {most}$"):
            relabel(folder, count)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_what_is_gone_foreign_or_damaged_is_named_and_nothing_changes(run, finished, tmp_path):
    good = finished(run, tmp_path)
    other = finished(run, tmp_path, "output.classes=4", "seed=7", out="other")

    def refused(change, match):
        folder = tmp_path / "bad"
        shutil.copytree(good, folder)
        change(folder)
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        with pytest.raises(InputError, match=match) as caught:
            relabel(folder, 3)
        assert "\n" not in str(caught.value)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
        shutil.rmtree(folder)

    def edit(folder, change):
        content = told(folder)
        change(content)
        (folder / "manifest.json").write_text(json.dumps(content))

    def cut(path, share):
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    refused(lambda folder: (folder / "manifest.json").unlink(), "holds no manifest")
    refused(lambda folder: (folder / "manifest.json").write_text("{"), "not a whole manifest")
    refused(lambda folder: (folder / "manifest.json").write_text("[]"), "not a whole manifest")
    refused(lambda folder: edit(folder, lambda content: content.pop("levels")), "not a whole manifest")
    refused(lambda folder: edit(folder, lambda content: content["levels"]["merges"].pop()), "not a whole manifest")
    refused(lambda folder: edit(folder, lambda content: content["scene"]["raster"].pop("shape")), "not a whole manif")
    refused(lambda folder: (folder / "finest.tif").unlink(), r"finest\.tif: is gone")
    refused(lambda folder: cut(folder / "finest.tif", 0.01), r"finest\.tif: .*; segment the scene again")
    refused(lambda folder: cut(folder / "finest.tif", 0.7), r"finest\.tif: .*; segment the scene again")
    refused(lambda folder: (folder / "finest.tif").write_bytes(b"x"), r"finest\.tif: .*; segment the scene again")
    refused(
        lambda folder: shutil.copyfile(other / "finest.tif", folder / "finest.tif"),
        r"finest\.tif: is not the map that the manifest beside it tells of; segment the scene again",
    )
    refused(
        lambda folder: edit(folder, lambda content: content["scene"]["raster"].update(shape=[300, 401])),
        "is not the map",
    )
    refused(lambda folder: (folder / "preview.png").write_bytes(b"x"), "cannot be read as a preview")
    with pytest.raises(InputError, match="holds no manifest"):
        relabel(tmp_path / "nowhere", 3)


def test_a_relabelling_that_is_broken_off_changes_nothing_and_the_next_repairs_all(
    run, finished, tmp_path, monkeypatch
):
    folder = finished(run, tmp_path)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    relabel(folder, 3)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, content in before.items():
        (folder / name).write_bytes(content)

    def killed(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.relabel.renew_preview", killed)
    with pytest.raises(KeyboardInterrupt):
        relabel(folder, 3)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    monkeypatch.undo()
    # The worst moment: the map has its place, the manifest has not; and a folder is left.
    (folder / "classes.tif").write_bytes(after["classes.tif"])
    (folder / ".relabel").mkdir()
    (folder / ".relabel/classes.tif").write_bytes(b"half")
    relabel(folder, 3)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == after


def test_a_preview_that_was_thrown_away_is_not_missed(run, finished, tmp_path):
    folder = finished(run, tmp_path)
    (folder / "preview.png").unlink()
    assert [path.name for path in relabel(folder, 3)] == ["classes.tif", "manifest.json"]


def test_objects_and_polygons_follow_the_classes(run, finished, tmp_path):
    folder = finished(run, tmp_path, 'output.products=["classes","objects","vector"]', "objects.min_area=4")
    for count in (5, 3):
        relabel(folder, count)
        classes, objects = pixels(folder / "classes.tif"), pixels(folder / "objects.tif")
        assert len(np.unique(classes)) <= count
        meta, _, _, values = pyogrio.raw.read(folder / "objects.gpkg", layer="objects")
        table = dict(zip(meta["fields"], values, strict=True))
        assert sorted(table["object"]) == list(range(1, objects.max() + 1))
        assert dict(zip(table["object"], table["class"], strict=True)) == dict(
            zip(objects.ravel().tolist(), classes.ravel().tolist(), strict=True)
        )
        # Of 9 square decimetres a pixel.
        assert table["area_m2"].min() >= 4
        assert [entry["pixels"] for entry in told(folder)["classes"]] == np.bincount(classes.ravel())[1:].tolist()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_what_needs_the_image_says_so_where_it_is_gone(run, scene_file, tmp_path):
    image = shutil.copy(scene_file, tmp_path / "gone.tif")
    folder = run(image, *SETTINGS, 'output.products=["classes","vector"]').outputs[0].parent
    image.unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match=r"gone\.tif.*where it was"):
        relabel(folder, 3)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_new_run_leaves_nothing_of_the_old_one_beside_it(run, scene_file):
    folder = run(scene_file, *SETTINGS, 'output.products=["classes","objects","vector"]').outputs[0].parent
    assert (folder / "objects.gpkg").exists()
    run(scene_file, *SETTINGS)
    assert not (folder / "objects.gpkg").exists()
    assert not (folder / "objects.tif").exists()


def test_a_run_that_is_at_it_refuses_a_relabelling(run, finished, tmp_path):
    folder = finished(run, tmp_path)
    before = (folder / "manifest.json").read_bytes()
    with locked(folder), pytest.raises(OutputError, match="another run is writing there"):
        relabel(folder, 3)
    assert (folder / "manifest.json").read_bytes() == before
    relabel(folder, 3)
    assert not list(folder.glob(".*"))
