"""Objects and polygons of a finished map."""

import pickle
from dataclasses import replace

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from scipy.ndimage import label

from pipeline import labelling
from pipeline.config import ObjectsConfig, OutputConfig
from pipeline.errors import ConfigError
from pipeline.export import walk
from pipeline.export.catalogue import find_products
from pipeline.export.numbering import load_compiled
from pipeline.export.objects import OBJECTS
from pipeline.export.vector import make_vector
from pipeline.raster import geoparquet
from pipeline.raster.spec import RasterSpec
from pipeline.run.objects import ObjectCosts, check_objects, find_objects, plan_objects, scratch_folder, surveys_of
from pipeline.stitch.tree import cut


@pytest.fixture
def labels():
    """Give a map of blobs with a hole of nodata."""
    rng = np.random.default_rng(4)
    coarse = rng.integers(1, 6, (23, 29))
    found = np.kron(coarse, np.ones((3, 3), int))
    found[rng.random(found.shape) < 0.03] = 5
    found[20:30, 40:60] = 0
    return found


@pytest.fixture(params=[2048, 16])
def side(request, monkeypatch):
    """Give the side of the boxes that maps are gone over in."""
    monkeypatch.setattr(walk, "SIDE", request.param)
    return request.param


def objects_of(finished, *names, config=None):
    with scratch_folder(finished.folder) as scratch:
        products = find_products(names)
        config = config or ObjectsConfig()
        surveys = surveys_of(finished, products, config, scratch)
        found = replace(finished, objects=find_objects(finished, products, config, surveys))
        for product in products:
            product.make(found)
    return found


def pixels(path):
    with rasterio.open(path) as file:
        return file.read(1)


def partition(classes):
    found, count = np.zeros(classes.shape, int), 0
    for value in np.unique(classes[classes > 0]):
        parts, more = label(classes == value)
        found[parts > 0] = parts[parts > 0] + count
        count += more
    return found, count


@pytest.mark.usefixtures("side")
@pytest.mark.parametrize("count", [0, 3])
def test_objects_are_the_regions_of_the_whole_map_numbered_by_their_first_pixel(finished_map, labels, count):
    finished = finished_map(labels, count=count)
    objects_of(finished, "objects")
    objects, level = pixels(finished.folder / "objects.tif"), finished.level.lookup[labels]
    expected, size = partition(level)
    assert objects.dtype == np.uint32
    assert np.unique(np.stack([objects.ravel(), expected.ravel()]), axis=1).shape[1] == size + 1
    assert list(dict.fromkeys(objects[objects > 0].tolist())) == list(range(1, size + 1))
    assert not (finished.folder / ".objects").exists()


@pytest.mark.usefixtures("side")
def test_small_objects_join_others_in_both_rasters(finished_map, labels):
    finished = finished_map(labels)
    # 2.5 square metres are 10 pixels of half a metre.
    found = objects_of(finished, "objects", config=ObjectsConfig(min_area=2.5))
    classes, objects = (pixels(finished.folder / name) for name in ("classes.tif", "objects.tif"))
    assert np.array_equal(classes > 0, labels > 0)
    assert not np.array_equal(classes, labels)
    assert np.array_equal(partition(classes)[0] > 0, objects > 0)
    assert np.unique(np.stack([objects.ravel(), partition(classes)[0].ravel()]), axis=1).shape[1] == objects.max() + 1
    assert np.bincount(objects[objects > 0])[1:].min() >= 10
    assert found.pixels == tuple(np.bincount(classes.ravel(), minlength=6)[1:].tolist())


def test_boxes_do_not_matter_to_what_joins_what(finished_map, labels, monkeypatch):
    maps = []
    for size in (2048, 16):
        monkeypatch.setattr(walk, "SIDE", size)
        finished = finished_map(labels)
        objects_of(finished, config=ObjectsConfig(min_area=12, unit="px", min_contrast=30))
        maps.append(pixels(finished.folder / "classes.tif"))
        assert not (finished.folder / "objects.tif").exists()
    assert np.array_equal(*maps)


@pytest.mark.usefixtures("side")
@pytest.mark.parametrize("suffix", ["gpkg", "fgb"])
def test_polygons_cover_the_map_and_tell_of_it(finished_map, labels, suffix):
    image = np.random.default_rng(0).integers(0, 256, (3, *labels.shape)).astype(np.uint8)
    finished = finished_map(labels, image, count=4, vector=suffix, levels=(3, 8))
    objects_of(finished, "objects", "vector")
    meta, _, shapes, values = pyogrio.raw.read(finished.folder / f"objects.{suffix}", layer="objects")
    table, shapes = dict(zip(meta["fields"], values, strict=True)), shapely.from_wkb(shapes)
    objects, level = pixels(finished.folder / "objects.tif"), finished.level.lookup[labels]
    assert sorted(table["object"].tolist()) == list(range(1, objects.max() + 1))
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes).sum() == pytest.approx(np.count_nonzero(objects) * 0.25)
    assert not len(shapely.STRtree(shapes).query(shapes, predicate="overlaps")[0])
    coarse = np.zeros(5, int)
    coarse[finished.level.lookup] = cut(finished.finest.tree, 3)
    for row, name in enumerate(table["object"]):
        here = objects == name
        assert table["pixels"][row] == here.sum()
        assert table["class"][row] == level[here][0]
        assert table["class_3"][row] == coarse[level[here][0]]
        assert table["area_m2"][row] == pytest.approx(shapes[row].area)
        assert table["perimeter_m"][row] == pytest.approx(shapes[row].length)
        assert table["mean_2"][row] == pytest.approx(image[1, here].mean())
        assert table["std_3"][row] == pytest.approx(image[2, here].std(), abs=1e-6)
    assert "class_8" not in table


def test_simplified_polygons_keep_sharing_their_sides(finished_map):
    rows, columns = np.indices((60, 80))
    labels = 1 + (rows > columns) + (rows + columns > 90)
    corners = []
    for simplify in (0.0, 2.0):
        finished = finished_map(labels, simplify=simplify)
        objects_of(finished, "vector")
        shapes = shapely.from_wkb(pyogrio.raw.read(finished.folder / "objects.gpkg", layer="objects")[2])
        corners.append(int(shapely.get_num_coordinates(shapes).sum()))
        assert shapely.area(shapes).sum() == pytest.approx(labels.size * 0.25)
    assert shapely.coverage_is_valid(shapes)
    # Steps become slopes.
    assert corners[1] < 0.3 * corners[0]


def test_the_same_map_gives_the_same_bytes(finished_map, labels):
    found = []
    for _ in range(2):
        finished = finished_map(labels)
        objects_of(finished, "objects", "vector")
        found.append([(finished.folder / name).read_bytes() for name in ("objects.tif", "objects.gpkg")])
    assert found[0] == found[1]


def test_a_scene_without_valid_pixels_has_no_objects(finished_map):
    labels = np.zeros((20, 30), int)
    labels[0, 0] = 1
    finished = finished_map(labels)
    objects_of(finished, "objects", "vector")
    assert pyogrio.read_info(finished.folder / "objects.gpkg", layer="objects")["features"] == 1


def test_what_is_loaded_beforehand_is_what_numbers_are_written_with(finished_map, labels):
    finished = objects_of(finished_map(labels), "vector")
    # What other tests have loaded would hide what is missing.
    labelling._label._reset_overloads()
    load_compiled()
    assert len(labelling._label.signatures) == 1
    with scratch_folder(finished.folder) as scratch:
        surveys = surveys_of(finished, find_products(["objects"]), ObjectsConfig(), scratch)
        found = find_objects(finished, find_products(["objects"]), ObjectsConfig(), surveys)
        labelling._label._reset_overloads()
        load_compiled()
        OBJECTS.make(replace(finished, objects=found))
    assert len(labelling._label.signatures) == 1


def test_surveys_are_of_what_is_wanted_of_objects(finished_map, labels, tmp_path):
    finished = finished_map(labels)

    def plan(names, **config):
        surveys = surveys_of(finished, find_products(names), ObjectsConfig(**config), tmp_path)
        return surveys[0].plan if surveys else None

    assert plan(["style"]) is None
    objects, polygons, sieved = plan(["objects"]), plan(["vector"]), plan(["vector"], min_area=2)
    assert objects.image is None
    assert not objects.drawn
    assert polygons.image is not None
    assert polygons.scaling is None
    assert polygons.drawn
    assert polygons.place == finished.style.spec.transform
    # Small objects join others first, by their colours.
    assert sieved.scaling == finished.scaling
    assert not sieved.drawn
    assert plan([], min_area=2).image is not None


@pytest.mark.parametrize("config", [{}, {"min_area": 2.5}])
def test_polygons_follow_from_their_job_alone(finished_map, labels, config):
    """Workers write them, who know no more."""
    finished, handed = finished_map(labels), []
    objects_of(replace(finished, write_polygons=handed.append), "vector", config=ObjectsConfig(**config))
    assert not (finished.folder / "objects.gpkg").exists()
    (job,) = pickle.loads(pickle.dumps(handed))  # noqa: S301 - our own
    assert job == handed[0]
    assert hash(job) == hash(handed[0])
    assert str(job) == f"{finished.folder / 'objects.gpkg'}: polygons"


def test_polygons_need_objects(finished_map, labels):
    with pytest.raises(ValueError, match="objects"):
        make_vector(finished_map(labels))


def test_an_area_on_the_ground_needs_a_place():
    nowhere = RasterSpec((10, 10), 3, "uint8")
    with pytest.raises(ConfigError, match=r"a\.tif: .*objects\.unit"):
        check_objects("a.tif", nowhere, ObjectsConfig(min_area=4), OutputConfig())
    check_objects("a.tif", nowhere, ObjectsConfig(min_area=4, unit="px"), OutputConfig())
    check_objects("a.tif", nowhere, ObjectsConfig(), OutputConfig())


def test_a_format_that_is_not_installed_is_refused_beforehand(monkeypatch):
    monkeypatch.setattr(geoparquet, "find_spec", lambda _name: None)
    nowhere, config = RasterSpec((10, 10), 3, "uint8"), OutputConfig(vector="parquet", products=("vector",))
    with pytest.raises(ConfigError, match=r"output\.vector.*aerialseg\[parquet\]"):
        check_objects("a.tif", nowhere, ObjectsConfig(), config)
    check_objects("a.tif", nowhere, ObjectsConfig(), OutputConfig(vector="parquet", products=("classes",)))


def test_what_objects_take_is_planned_where_there_are_any():
    shape = (5000, 5000)
    assert plan_objects(shape, (), ObjectsConfig(), simplified=False) == ObjectCosts(0, 0, 0)
    some = plan_objects(shape, find_products(["objects"]), ObjectsConfig(), simplified=False)
    assert some.disk > 4 * 25_000_000
    more = plan_objects(shape, find_products(["vector"]), ObjectsConfig(min_area=4), simplified=False)
    assert more.disk > some.disk
    assert more.memory > some.memory > 0
    # Labels, components and an image in float64, at least; what is simplified is so all together.
    assert some.worker == more.worker > walk.SIDE**2 * (1 + 4 + 24)
    vast = (200_000, 200_000)
    assert plan_objects(vast, find_products(["vector"]), ObjectsConfig(), simplified=False).worker == some.worker
    assert plan_objects(vast, find_products(["vector"]), ObjectsConfig(), simplified=True).worker > 100 * some.worker
