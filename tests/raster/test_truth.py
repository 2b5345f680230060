import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.warp import Resampling, calculate_default_transform, reproject
from scipy.ndimage import binary_erosion, zoom

from pipeline.box import Box
from pipeline.errors import InputError
from pipeline.grid import Grid
from pipeline.raster.aligned import OtherGrid, SameGrid
from pipeline.raster.numbers import open_numbers
from pipeline.raster.truth import open_truth

UTM, PLACE = "EPSG:32633", Affine(0.5, 0, 500000, 0, -0.5, 5400000)


@pytest.fixture
def numbers():
    """Make patches of 8 x 8 px."""
    return zoom(np.random.default_rng(5).integers(1, 6, (8, 10)), 8, order=0).astype("uint8")[None]


@pytest.fixture
def labels(make_raster, numbers):
    return open_numbers(make_raster(numbers, "labels.tif", crs=UTM, transform=PLACE))


def whole(truth, shape):
    return truth.read(Box(0, 0, *shape))


def test_the_same_grid_is_read_as_it_is(make_raster, labels, numbers):
    truth = open_truth(make_raster(numbers, nodata=3, crs=UTM, transform=PLACE @ Affine.translation(1e-5, 0)), labels)
    assert isinstance(truth, SameGrid)
    read, valid = whole(truth, numbers.shape[1:])
    assert np.array_equal(read, numbers[0])
    assert np.array_equal(valid, numbers[0] != 3)


@pytest.mark.parametrize("outside", ["nodata", "alpha", "mask", None])
def test_another_extent_of_the_same_lattice_is_exact_and_knows_its_edges(make_raster, labels, numbers, outside):
    part, hidden = numbers[:, 10:50, 20:70], np.zeros((40, 50), bool)
    options = {}
    if outside == "nodata":
        options, hidden = {"nodata": 3}, part[0] == 3
    elif outside is not None:
        hidden[:, :7] = True
        shown = np.where(hidden, 0, 255).astype("uint8")
        options = {"mask": shown} if outside == "mask" else {"interp": ("gray", "alpha")}
        part = part if outside == "mask" else np.concatenate([part, shown[None]])
    path = make_raster(part, crs=UTM, transform=PLACE @ Affine.translation(20, 10), **options)
    truth = open_truth(path, labels)
    assert isinstance(truth, OtherGrid)
    read, valid = whole(truth, numbers.shape[1:])
    expected = np.zeros(read.shape, bool)
    expected[10:50, 20:70] = ~hidden
    assert np.array_equal(valid, expected)
    assert np.array_equal(read[valid], numbers[0][valid])
    # Windows are cut from the same whole.
    for tile in Grid(read.shape, 24, 5):
        some, known = truth.read(tile.read)
        cut = tile.read.slices(Box(0, 0, *read.shape))
        assert np.array_equal(known, valid[cut])
        assert np.array_equal(some[known], read[cut][known])


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # within rasterio
@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:32632"])
def test_another_reference_system_changes_borders_alone(make_raster, labels, numbers, crs):
    _, rows, columns = numbers.shape
    bounds = rasterio.transform.array_bounds(rows, columns, PLACE)
    transform, width, height = calculate_default_transform(UTM, crs, columns, rows, *bounds)
    there = np.zeros((1, height, width), "uint8")
    reproject(
        numbers,
        there,
        src_crs=UTM,
        src_transform=PLACE,
        dst_crs=crs,
        dst_transform=transform,
        resampling=Resampling.nearest,
    )
    read, valid = whole(open_truth(make_raster(there, nodata=0, crs=crs, transform=transform), labels), (rows, columns))
    inner = np.zeros((rows, columns), bool)
    for number in range(1, 6):
        inner |= binary_erosion(numbers[0] == number, iterations=2)
    assert inner.mean() > 0.2
    assert np.array_equal(read[inner], numbers[0][inner])
    assert valid[inner].all()
    assert (read == numbers[0]).mean() > 0.85


def test_without_a_place_the_size_must_be_the_same(make_raster, labels, numbers):
    truth = open_truth(make_raster(numbers, driver="PNG", name="truth.png"), labels)
    assert np.array_equal(whole(truth, numbers.shape[1:])[0], numbers[0])
    path = make_raster(numbers[:, :20], driver="PNG", name="small.png")
    with pytest.raises(InputError, match=r"small.png: has 80 x 20 px, .*labels.tif has 80 x 64 px.*georeference both"):
        open_truth(path, labels)


def test_a_truth_elsewhere_is_refused(make_raster, labels, numbers):
    path = make_raster(numbers, crs=UTM, transform=Affine(0.5, 0, 500000, 0, -0.5, 5300000))
    with pytest.raises(InputError, match="does not overlap"):
        open_truth(path, labels)
    site = 'LOCAL_CS["site",LOCAL_DATUM["site",32767],UNIT["metre",1]]'
    with pytest.raises(InputError, match="cannot be laid over"):
        open_truth(make_raster(numbers, crs=site, transform=PLACE), labels)


def test_a_field_of_a_raster_is_refused(make_raster, labels, numbers):
    with pytest.raises(InputError, match="--field kind has no meaning"):
        open_truth(make_raster(numbers, crs=UTM, transform=PLACE), labels, "kind")
