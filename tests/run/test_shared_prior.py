"""Scenes of one run that share a prior, and agree where they touch or overlap."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window

from pipeline.config.load import load_config
from pipeline.errors import ConfigError, InputError
from pipeline.run import passage
from pipeline.run.dataset import plan_scenes, segment_scenes
from pipeline.run.describe import describe_dataset
from pipeline.run.options import Options
from pipeline.run.scenes import Scene

_SHAPE = (300, 400)
_TILES = ("tiles.size=96", "tiles.halo=32", "train.start_steps=40")
QUARTERS = {"nw": (0, 0, 140, 230), "ne": (0, 230, 140, 400), "sw": (140, 0, 300, 230), "se": (140, 230, 300, 400)}
"""First row and column, last row and column."""

OVERLAPPING = {"nw": (0, 0, 170, 250), "ne": (0, 201, 170, 400), "sw": (125, 0, 300, 250), "se": (125, 201, 300, 400)}


@pytest.fixture
def cut(tmp_path):
    """Give a function that cuts a raster into files, and returns their paths by name."""

    def make(path, parts, folder="parts", **changes):
        (tmp_path / folder).mkdir()
        made = {}
        with rasterio.open(path) as whole:
            for name, (top, left, bottom, right) in parts.items():
                window = Window(left, top, right - left, bottom - top)
                profile = whole.profile | changes
                profile |= {"width": window.width, "height": window.height}
                profile["transform"] = whole.transform @ Affine.translation(left, top)
                made[name] = tmp_path / folder / f"{name}.tif"
                with rasterio.open(made[name], "w", **profile) as file:
                    file.write(whole.read(window=window))
        return made

    return make


@pytest.fixture
def run_all(tmp_path, quick):
    """Give a function that segments files with one prior, and returns outcomes by name and what was said."""

    def segment(paths, *settings, out="out", **options):
        config = load_config(None, [*quick, *_TILES, "prior.over=dataset", *settings])
        scenes, said = [Scene(path.stem, str(path)) for path in paths], []
        outcomes = segment_scenes(scenes, config, Options(out=tmp_path / out, **options), said.append)
        return {outcome.scene.name: outcome for outcome in outcomes}, said

    return segment


def pixels(folder: Path) -> np.ndarray:
    with rasterio.open(folder / "classes.tif") as file:
        return file.read(1)


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


@pytest.mark.parametrize(
    ("parts", "settings"),
    [
        (QUARTERS, ()),
        (OVERLAPPING, ()),
        (QUARTERS, ("train.scope=adapt", "train.adapt_steps=2", "tiles.offset=[40,10]")),
    ],
)
def test_parts_equal_the_whole(run, run_all, cut, scene_file, tmp_path, *, parts, settings):
    run(scene_file, *_TILES, *settings, out="whole")
    whole = pixels(tmp_path / "whole/village")
    assert whole.shape == _SHAPE
    outcomes, _ = run_all(cut(scene_file, parts).values(), *settings)
    assert all(outcome.reason is None for outcome in outcomes.values())
    seen, differ, disagree = np.zeros(_SHAPE, dtype=np.uint8), 0, 0
    for name, (top, left, bottom, right) in parts.items():
        found, before = pixels(tmp_path / "out" / name), seen[top:bottom, left:right]
        differ += np.count_nonzero(found != whole[top:bottom, left:right])
        # Where two scenes lie over each other, the second has the classes of the first.
        disagree += np.count_nonzero((before > 0) & (found != before))
        before[:] = found
        assert (tmp_path / "out" / name / "prior.pt").read_bytes() == (tmp_path / "whole/village/prior.pt").read_bytes()
    assert seen.all()
    assert differ < 0.001 * whole.size
    assert disagree < 0.001 * whole.size


def test_the_order_of_arguments_does_not_matter(run_all, cut, scene_file, tmp_path):
    paths = list(cut(scene_file, OVERLAPPING).values())
    run_all(paths)
    run_all(paths[::-1], out="again")
    for path in paths:
        for name in ("classes.tif", "prior.pt", "preview.png"):
            first = (tmp_path / "out" / path.stem / name).read_bytes()
            assert (tmp_path / "again" / path.stem / name).read_bytes() == first


def test_a_stray_scene_shares_the_prior_alone(run_all, cut, scene_file, tmp_path):
    paths = cut(scene_file, {"left": (0, 0, 300, 150), "right": (0, 150, 300, 260), "stray": (40, 300, 250, 400)})
    run_all(paths.values())
    told = {name: manifest(tmp_path / "out" / name) for name in paths}
    assert [entry["path"] for entry in told["left"]["scene"]["neighbours"]] == [str(paths["right"])]
    assert told["stray"]["scene"]["neighbours"] == []
    priors = {(tmp_path / "out" / name / "prior.pt").read_bytes() for name in paths}
    assert len(priors) == 1
    for entry in told.values():
        assert entry["prior"]["scenes"] == sorted(map(str, paths.values()))
        assert entry["classes"][0]["colour"] == told["left"]["classes"][0]["colour"]
    # It counts towards the prior.
    run_all([paths["left"], paths["right"]], out="without")
    assert (tmp_path / "without/left/prior.pt").read_bytes() not in priors


def test_a_damaged_scene_is_left_out_as_if_it_had_not_been_named(run_all, cut, scene_file, tmp_path):
    paths = cut(scene_file, QUARTERS, compress="deflate", tiled=True, blockxsize=64, blockysize=64)
    data = paths["ne"].read_bytes()
    paths["ne"].write_bytes(data[: len(data) // 2])
    (tmp_path / "parts/text.tif").write_text("not a raster")
    outcomes, said = run_all([*paths.values(), tmp_path / "parts/text.tif"])
    assert {name: outcome.reason is None for name, outcome in outcomes.items()} == {
        "nw": True, "ne": False, "sw": True, "se": True, "text": False,
    }  # fmt: skip
    assert "ne.tif" in outcomes["ne"].reason
    assert said[-1].splitlines()[-1] == "3 of 5 scenes done, 2 failed"
    run_all([path for name, path in paths.items() if name != "ne"], out="without")
    for name in ("nw", "sw", "se"):
        expected = (tmp_path / "without" / name / "classes.tif").read_bytes()
        assert (tmp_path / "out" / name / "classes.tif").read_bytes() == expected
    # No work is left, of the first attempt neither.
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "ne", "nw", "se", "summary.json", "sw",
    ]  # fmt: skip


def test_an_interrupted_run_goes_on(run_all, cut, scene_file, tmp_path, monkeypatch):
    paths = list(cut(scene_file, QUARTERS).values())
    run_all(paths, out="whole")
    attend, begun = passage.attend, []

    class Interrupted(BaseException):  # stands for a kill
        pass

    def breaking(plan, executor, **options):
        begun.append(plan.scene.name)
        if len(begun) == 3:
            raise Interrupted
        return attend(plan, executor, **options)

    monkeypatch.setattr(passage, "attend", breaking)
    with pytest.raises(Interrupted):
        run_all(paths)
    (work,) = (tmp_path / "out").glob(".work-*")
    trained = (work / "prior.pt").stat().st_mtime_ns
    begun.extend(["more", "than three"])
    outcomes, said = run_all(paths, keep_work=True)
    assert begun == ["ne", "nw", "se", "more", "than three", "se", "sw"]
    assert said[0] == f"ne: is done already, in {tmp_path / 'out/ne'}"
    assert (work / "prior.pt").stat().st_mtime_ns == trained
    for path in paths:
        expected = (tmp_path / "whole" / path.stem / "classes.tif").read_bytes()
        assert outcomes[path.stem].outputs[0].read_bytes() == expected


def test_a_record_goes_with_the_last_scene_that_needs_it(run_all, cut, scene_file, tmp_path, monkeypatch):
    paths, kept = list(cut(scene_file, QUARTERS).values()), []
    attend = passage.attend

    def watching(plan, executor, **options):
        kept.append(len(list(plan.work.root.glob("tiles/*.zip"))))
        return attend(plan, executor, **options)

    monkeypatch.setattr(passage, "attend", watching)
    run_all(paths)
    # 3 x 4 tiles in all; the scenes have 6, 9, 6 and 6 of them, and wait for those they share.
    assert kept[0] == 0
    assert max(kept) < 12
    assert not list((tmp_path / "out").glob(".work-*"))


def test_nodata_is_each_scenes_own(run, run_all, cut, scene_file, tmp_path):
    """A collar that goes through the cut is outside in all; a hole in one scene is outside there alone."""
    with rasterio.open(scene_file) as scene:
        image, profile = np.maximum(scene.read(), 1), scene.profile
    outside = np.hypot(*np.indices(_SHAPE) - np.array([150, 200])[:, None, None]) > 170
    image[:, outside] = 0
    path = tmp_path / "collar.tif"
    with rasterio.open(path, "w", **profile | {"nodata": 0}) as file:
        file.write(image)
    parts = cut(path, OVERLAPPING)
    hole = (slice(130, 160), slice(210, 240))
    with rasterio.open(parts["se"], "r+") as file:
        part = file.read()
        part[:, 130 - 125 : 160 - 125, 210 - 201 : 240 - 201] = 0
        file.write(part)
    run(path, *_TILES, out="whole")
    whole = pixels(tmp_path / "whole/collar")
    run_all(parts.values())
    for name, (top, left, bottom, right) in OVERLAPPING.items():
        expected = whole[top:bottom, left:right].copy()
        if name == "se":
            expected[hole[0].start - top : hole[0].stop - top, hole[1].start - left : hole[1].stop - left] = 0
        found = pixels(tmp_path / "out" / name)
        assert np.array_equal(found == 0, expected == 0)
        assert np.mean(found == expected) > 0.999


def test_other_types_have_one_scaling(run, run_all, cut, scene_file, tmp_path):
    with rasterio.open(scene_file) as scene:
        image, profile = scene.read().astype(np.uint16) * 40 + 300, scene.profile
    path = tmp_path / "deep.tif"
    with rasterio.open(path, "w", **profile | {"dtype": "uint16"}) as file:
        file.write(image)
    run(path, *_TILES, out="whole")
    run_all(cut(path, QUARTERS).values())
    for name, (top, left, bottom, right) in QUARTERS.items():
        expected = pixels(tmp_path / "whole/deep")[top:bottom, left:right]
        # Much of such small quarters lies beside a cut, where a segment may go on through tiles that one has not.
        assert np.mean(pixels(tmp_path / "out" / name) == expected) > 0.995


def test_a_given_prior_serves_parts_as_it_does_the_whole(run, run_all, cut, scene_file, tmp_path):
    run(scene_file, *_TILES, out="whole")
    prior = tmp_path / "whole/village/prior.pt"
    run_all(cut(scene_file, QUARTERS).values(), f"prior.file={prior}", "seed=7")
    for name, (top, left, bottom, right) in QUARTERS.items():
        expected = pixels(tmp_path / "whole/village")[top:bottom, left:right]
        assert np.mean(pixels(tmp_path / "out" / name) == expected) > 0.999
        assert manifest(tmp_path / "out" / name)["prior"] is None


def test_a_vrt_over_files_is_one_scene(run, cut, scene_file, tmp_path):
    parts = cut(scene_file, QUARTERS)
    with rasterio.open(scene_file) as scene:
        transform, wkt = scene.transform.to_gdal(), scene.crs.to_wkt()
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}">'
        + "".join(
            f'<SimpleSource><SourceFilename relativeToVRT="1">parts/{name}.tif</SourceFilename>'
            f'<SourceBand>{band}</SourceBand><SrcRect xOff="0" yOff="0" xSize="{right - left}" ySize="{bottom - top}"/>'
            f'<DstRect xOff="{left}" yOff="{top}" xSize="{right - left}" ySize="{bottom - top}"/></SimpleSource>'
            for name, (top, left, bottom, right) in QUARTERS.items()
        )
        + "</VRTRasterBand>"
        for band in (1, 2, 3)
    )
    vrt = tmp_path / "mosaic.vrt"
    vrt.write_text(
        f'<VRTDataset rasterXSize="400" rasterYSize="300"><SRS>{wkt}</SRS>'
        f"<GeoTransform>{', '.join(map(str, transform))}</GeoTransform>{bands}</VRTDataset>"
    )
    run(scene_file, *_TILES, out="whole")
    run(vrt, *_TILES, out="vrt")
    assert len(parts) == 4
    assert np.array_equal(pixels(tmp_path / "vrt/mosaic"), pixels(tmp_path / "whole/village"))


def test_scenes_that_differ_cannot_share(run_all, cut, scene_file, tmp_path):
    paths = cut(scene_file, {"a": (0, 0, 300, 200)})
    with rasterio.open(paths["a"]) as file:
        profile, grey = file.profile | {"count": 1}, file.read(1)
    with rasterio.open(tmp_path / "grey.tif", "w", **profile) as file:
        file.write(grey, 1)
    with pytest.raises(InputError, match=r"grey\.tif and .*a\.tif cannot share .*1 channel, .*3 channels"):
        run_all([paths["a"], tmp_path / "grey.tif"])
    with rasterio.open(tmp_path / "deep.tif", "w", **profile | {"count": 3, "dtype": "uint16"}) as file:
        file.write(np.stack([grey] * 3).astype(np.uint16))
    with pytest.raises(InputError, match=r"type uint16, .*type uint8"):
        run_all([paths["a"], tmp_path / "deep.tif"])
    with rasterio.open(tmp_path / "colours.tif", "w", **profile) as file:
        file.write_colormap(1, {value: (value, 0, 0, 255) for value in range(256)})
        file.write(grey, 1)
    with pytest.raises(InputError, match=r"a palette, .*no palette"):
        run_all([paths["a"], tmp_path / "colours.tif"])
    assert not (tmp_path / "out").exists()


def test_a_scene_refused_at_planning_has_no_part_in_the_prior(run_all, cut, scene_file, tmp_path):
    paths = cut(scene_file, QUARTERS)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/ne").write_text("a file where results should go")
    outcomes, _ = run_all(paths.values())
    assert outcomes["ne"].reason is not None
    assert manifest(tmp_path / "out/nw")["prior"]["scenes"] == sorted(
        str(path) for name, path in paths.items() if name != "ne"
    )


def test_a_plan_tells_what_scenes_share(cut, scene_file, tmp_path, quick):
    paths = cut(scene_file, QUARTERS | {"stray": (0, 300, 20, 340)})
    with rasterio.open(paths["stray"], "r+") as file:
        file.transform = file.transform @ Affine.translation(9000, 0)
    config = load_config(None, [*quick, *_TILES, "prior.over=dataset"])
    scenes = [Scene(name, str(path)) for name, path in paths.items()]
    planned = plan_scenes(scenes, config, Options(out=tmp_path / "out"))
    text = describe_dataset(planned)
    assert "4 scenes on 400 x 300 px, 12 tiles: ne, nw, se, sw" in text
    assert "one for all" in text
    assert "1 scene\n" in text
    assert len(planned.plans) == 5
    assert not (tmp_path / "out").exists()


def test_independent_tiles_are_refused(run_all, scene_file):
    with pytest.raises(ConfigError, match=r"prior\.over"):
        run_all([scene_file], "train.scope=independent")


def test_a_data_set_without_valid_pixels_is_all_nodata(run_all, tmp_path):
    paths = []
    for name in ("a", "b"):
        paths.append(tmp_path / f"{name}.tif")
        with rasterio.open(
            paths[-1], "w", driver="GTiff", width=50, height=40, count=1, dtype="uint8", nodata=7
        ) as file:
            file.write(np.full((1, 40, 50), 7, dtype=np.uint8))
    outcomes, _ = run_all(paths)
    assert [outcome.reason for outcome in outcomes.values()] == [None, None]
    assert not pixels(tmp_path / "out/a").any()
