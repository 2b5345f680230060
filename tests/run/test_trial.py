"""Variants of a configuration, side by side."""

import json

import numpy as np
import pytest
import rasterio
from PIL import Image

from pipeline.box import Box
from pipeline.config.load import load_config
from pipeline.errors import ConfigError, InputError, OutputError, TrainingDivergedError
from pipeline.export import sheet as drawing
from pipeline.raster.geotiff import write_geotiff
from pipeline.run import trial
from pipeline.run.options import Options
from pipeline.run.scenes import Scene
from pipeline.run.trial import Variant, naming, try_scene


@pytest.fixture
def variant(quick):
    """Give a function that makes a variant of little work, with no word on where it is done."""

    def make(title="", *settings):
        cheap = [setting for setting in quick if not setting.startswith("cluster.")]
        return Variant(title, load_config(None, [*cheap, *settings]))

    return make


@pytest.fixture
def attempt(tmp_path, monkeypatch):
    """Give a function that makes a sheet, and returns its path, its rows as they were drawn, and what was said."""

    def run(path, *variants, **options):
        drawn, said = [], []

        def write_sheet(where, heading, rows):
            drawn.extend(rows)
            drawing.write_sheet(where, heading, rows)

        monkeypatch.setattr(trial, "write_sheet", write_sheet)
        options = {"out": tmp_path / "out", **options}
        return try_scene(Scene(path.stem, str(path)), variants, Options(**options), said.append), drawn, said

    return run


def colours_of(manifest):
    return np.array([[255] * 3, *(entry["colour"] for entry in manifest["classes"])], np.uint8)


@pytest.mark.parametrize("scope", ["shared", "independent"])
def test_what_is_tried_is_what_is_run(variant, attempt, run, scene_file, tmp_path, *, scope):
    window = Box(30, 40, 230, 290)
    settings = ("presegment.scale=100", "tiles.size=128", "tiles.halo=32", f"train.scope={scope}")
    path, rows, _ = attempt(scene_file, variant("", *settings), window=window)
    result = run(scene_file, *settings, out="run", window=window)
    assert path == tmp_path / "out/village/try.png"
    with rasterio.open(scene_file) as dataset:
        image = np.moveaxis(dataset.read(window=((30, 230), (40, 290))), 0, -1)
    with rasterio.open(result.outputs[0]) as dataset:
        classes = dataset.read(1)
    manifest = json.loads(result.outputs[-1].read_text())
    # 250 px across are shown at twice their size.
    shown, outlined, coloured = (panel.picture for panel in rows[0].panels)
    assert np.array_equal(shown, image.repeat(2, axis=0).repeat(2, axis=1))
    assert np.array_equal(coloured, colours_of(manifest)[classes].repeat(2, axis=0).repeat(2, axis=1))
    lines = (outlined == (255, 235, 0)).all(-1)
    assert 0.02 < lines.mean() < 0.5
    assert np.array_equal(outlined[~lines], shown[~lines])
    present = sum(entry["pixels"] > 0 for entry in manifest["classes"])
    assert rows[0].panels[2].caption == f"{present} classes"
    # What goes on in another tile counts once.
    number = int(rows[0].panels[1].caption.split()[0].replace(",", ""))
    assert 1 < number < sum(tile["segments"] for tile in manifest["tiles"])


def test_a_row_for_each_value_and_nothing_else_is_left(variant, attempt, scene_file, tmp_path):
    variants = [variant(f"presegment.scale = {scale}", f"presegment.scale={scale}") for scale in (10, 100, 1000)]
    path, rows, said = attempt(scene_file, *variants, window=Box(0, 0, 100, 120))
    assert [row.title for row in rows] == [entry.title for entry in variants]
    numbers = [int(row.panels[1].caption.split()[0].replace(",", "")) for row in rows]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[2]
    assert [line.split(",")[0] for line in said[:3]] == [f"village: {number} of 3" for number in (1, 2, 3)]
    table = [line.split() for line in said[3].splitlines()]
    assert table[0] == ["segments", "classes", "seconds"]
    assert [int(line[3]) for line in table[1:]] == numbers
    assert list(tmp_path.rglob("*")) == [tmp_path / "out", path.parent, path]
    with Image.open(path) as page:
        assert page.width > 3 * rows[0].panels[0].picture.shape[1]


def test_many_values_make_smaller_pictures(variant, attempt, scene_file):
    variants = [
        variant(f"seed = {seed}", f"seed={seed}", "train.steps=1", "train.patches=1", "presegment.method=watershed")
        for seed in range(12)
    ]
    path, rows, _ = attempt(scene_file, *variants, window=Box(0, 0, 260, 300))
    assert {row.panels[0].caption for row in rows} == {"image, every pixel the mean of 2 x 2"}
    assert {panel.picture.shape for row in rows for panel in row.panels} == {(130, 150, 3)}
    with Image.open(path) as page:
        assert page.height < 4200


def test_without_a_window_the_middle_is_taken(variant, attempt, tmp_path):
    pixels = np.random.default_rng(0).integers(1, 255, (3, 700, 600), dtype=np.uint8)
    place = (2.0, 0.0, 1000.0, 0.0, -2.0, 5000.0)
    write_geotiff(tmp_path / "noise.tif", pixels, crs="EPSG:32633", transform=place, tags={})
    coarse = ("presegment.method=slic", "presegment.n_segments=500", "train.steps=1")
    _, rows, _ = attempt(tmp_path / "noise.tif", variant("", *coarse))
    assert np.array_equal(rows[0].panels[0].picture, np.moveaxis(pixels[:, 94:606, 44:556], 0, -1))
    # A bounding box, in units of the reference system: rows 100 to 150, columns 50 to 130.
    _, rows, _ = attempt(tmp_path / "noise.tif", variant("", *coarse), bounds=(1100, 4700, 1260, 4800))
    shown = rows[0].panels[0].picture
    assert np.array_equal(shown[::6, ::6], np.moveaxis(pixels[:, 100:150, 50:130], 0, -1))


def test_a_scene_without_valid_pixels_makes_a_blank_row(variant, attempt, tmp_path):
    path = tmp_path / "black.tif"
    place = (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)
    write_geotiff(path, np.zeros((3, 60, 70), np.uint8), crs="EPSG:32633", transform=place, tags={})
    _, rows, _ = attempt(path, variant("", "input.nodata=0"))
    assert [panel.caption for panel in rows[0].panels] == ["image", "0 pre-segments", "0 classes"]
    assert all((panel.picture == 255).all() for panel in rows[0].panels)
    assert rows[0].title == "as configured"


def test_a_value_that_fails_late_leaves_no_sheet(variant, attempt, scene_file, tmp_path):
    good, bad = (
        variant("a", "train.steps=1"),
        variant("train.learning_rate = 1e30", "train.learning_rate=1e30", "train.min_labels=1"),
    )
    with pytest.raises(TrainingDivergedError, match=r"^train\.learning_rate = 1e30: "):
        attempt(scene_file, good, bad, window=Box(0, 0, 64, 64))
    assert [path for path in tmp_path.rglob("*") if path.name != "village"] == [tmp_path / "out"]


def test_a_value_that_cannot_run_is_refused_before_any_work(variant, scene_file, tmp_path):
    said = []
    with pytest.raises(ConfigError, match=r"^tiles\.halo = 1: .*set tiles\.halo to 22"):
        try_scene(
            Scene("village", str(scene_file)),
            [variant("a"), variant("tiles.halo = 1", "tiles.halo=1")],
            Options(out=tmp_path / "out"),
            said.append,
        )
    assert said == []
    assert list(tmp_path.iterdir()) == []


def test_blocks_that_fill_memory_are_refused_before_a_window_is_looked_for(variant, attempt, tmp_path):
    path, side = tmp_path / "huge.tif", 30016
    kind = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "uint8"}
    block = {"tiled": True, "blockxsize": side, "blockysize": side}
    with rasterio.open(path, "w", **kind, **block, SPARSE_OK=True):
        pass
    with pytest.raises(InputError, match=r"huge\.tif: its blocks of 30016 x 30016 px take 0\.9 GB"):
        attempt(path, variant())


@pytest.mark.parametrize(
    ("setting", "workers"),
    [("seed=1", 0), ("cluster.workers=2", 2), ("cluster.gpus=[0]", None), ('cluster.scheduler="tcp://h:1"', None)],
)
def test_work_is_done_in_this_process_unless_a_place_is_named(
    variant, attempt, scene_file, monkeypatch, *, setting, workers
):
    met = []

    def plan_scene(_, config, *__):
        met.append(config.cluster)
        raise ConfigError("enough")

    monkeypatch.setattr(trial, "plan_scene", plan_scene)
    chosen = variant("", setting)
    with pytest.raises(ConfigError, match="enough"):
        attempt(scene_file, chosen)
    assert met == [chosen.config.cluster.model_copy(update={"workers": workers})]


def test_results_are_kept_on_demand_where_work_belongs(variant, attempt, scene_file, tmp_path):
    variants = [variant("a", "train.steps=1"), variant("b", "train.steps=2")]
    _, _, said = attempt(scene_file, *variants, window=Box(0, 0, 64, 64), work=tmp_path / "work", keep_work=True)
    (kept,) = (tmp_path / "work").iterdir()
    assert said[-1].endswith(str(kept))
    for number in ("01", "02"):
        assert (kept / number / "village/classes.tif").is_file()
        assert (kept / number / "village/prior.pt").is_file()


def test_the_scene_itself_is_never_overwritten(variant, attempt, tmp_path):
    path = tmp_path / "out/try/try.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(np.full((64, 64, 3), 9, np.uint8)).save(path)
    before = path.read_bytes()
    with pytest.raises(OutputError, match="would overwrite the scene itself"):
        attempt(path, variant())
    assert path.read_bytes() == before


def test_a_prior_is_used_as_it_is(variant, attempt, run, scene_file, tmp_path):
    result = run(scene_file)
    prior = tmp_path / "out/village/prior.pt"
    colours = {tuple(entry["colour"]) for entry in json.loads(result.outputs[-1].read_text())["classes"]}
    _, rows, _ = attempt(scene_file, variant("", f'prior.file="{prior}"'), window=Box(0, 0, 100, 100))
    shown = {tuple(colour) for colour in np.unique(rows[0].panels[2].picture.reshape(-1, 3), axis=0).tolist()}
    assert shown <= colours


def test_an_error_keeps_its_type_and_gains_a_title():
    with pytest.raises(InputError, match=r"^seed = 1: x is odd$"), naming("seed = 1"):
        raise InputError("x is odd")
    with pytest.raises(InputError, match=r"^x is odd$"), naming(""):
        raise InputError("x is odd")
