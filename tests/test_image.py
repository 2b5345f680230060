import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter

from pipeline.image import gradient, scale, smooth

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)
DTYPES = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "f2", "f4", "f8"]


@st.composite
def masked_images(draw, max_bands=3):
    """Draw an image in 0..1 and a mask; NaN where invalid."""
    shape = draw(SHAPES)
    image = np.random.default_rng(draw(st.integers(0, 2**32))).random((draw(st.integers(1, max_bands)), *shape))
    valid = draw(hnp.arrays(bool, shape))
    image[:, ~valid] = np.nan
    return image.astype(np.float32), valid


def test_scale_divides_uint8_by_255():
    raw = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    scaled = scale(raw, np.ones((16, 16), bool), [0], [255])
    assert scaled.dtype == np.float32
    assert np.array_equal(scaled, (np.arange(256) / 255).astype(np.float32).reshape(1, 16, 16))


@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
def test_scale_follows_its_formula_for_every_dtype(dtype, data):
    limits = {"min_value": -(2.0**99), "max_value": 2.0**99} if dtype in {"f4", "f8"} else {}
    elements = hnp.from_dtype(np.dtype(dtype), allow_nan=False, allow_infinity=False, **limits)
    raw = data.draw(hnp.arrays(dtype, (2, 3, 4), elements=elements))
    valid = data.draw(hnp.arrays(bool, (3, 4)))
    levels = [sorted(float(data.draw(elements)) for _ in range(2)) for _ in raw]
    low, high = np.transpose(levels)
    scaled = scale(raw, valid, low, high)
    for place, value in np.ndenumerate(raw):
        band = place[0]
        span = high[band] - low[band]
        inside = valid[place[1:]] and span > 0
        with np.errstate(over="ignore"):
            expected = min(max((float(value) - low[band]) / span, 0.0), 1.0) if inside else 0.0
        assert scaled[place] == np.float32(expected)


def test_scale_ignores_what_invalid_pixels_hold():
    raw = np.array([[[np.nan, np.inf, -np.inf, 1e308, -1e308, 3.0]]])
    valid = np.array([[False, False, False, False, False, True]])
    assert np.array_equal(scale(raw, valid, [2.0], [4.0]), [[[0, 0, 0, 0, 0, 0.5]]])


def test_scale_of_a_flat_band_is_zero_and_leaves_the_others():
    raw = np.full((2, 2, 2), 7, np.int16)
    scaled = scale(raw, np.ones((2, 2), bool), [7, 5], [7, 9])
    assert (scaled[0] == 0).all()
    assert (scaled[1] == 0.5).all()


def test_scale_refuses_levels_for_other_bands():
    with pytest.raises(ValueError, match="each of 2 bands"):
        scale(np.zeros((2, 1, 1)), np.ones((1, 1), bool), [0], [1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sigma", [0.5, 1.0, 3.0, 9.0])
def test_smooth_is_scipys_filter_where_all_is_valid(dtype, sigma):
    image = np.random.default_rng(0).random((2, 12, 7)).astype(dtype)
    smoothed = smooth(image, np.ones((12, 7), bool), sigma)
    assert smoothed.dtype == dtype
    expected = np.stack([gaussian_filter(band, sigma) for band in image])
    assert smoothed == pytest.approx(expected, abs=1e-6 if dtype == np.float32 else 1e-14)


@pytest.mark.parametrize("sigma", [0, 0.1, 1e-200])
def test_smooth_without_width_returns_the_image(sigma):
    image = np.random.default_rng(0).random((1, 4, 4))
    valid = np.random.default_rng(1).random((4, 4)) > 0.5
    assert smooth(image, valid, sigma) is image


@given(masked_images(max_bands=2), st.sampled_from([0.3, 0.5, 1.0]))
def test_smooth_is_a_mean_over_the_pixels_in_reach(masked, sigma):
    image, valid = masked
    smoothed = smooth(image, valid, sigma)
    assert np.isfinite(smoothed).all()
    assert (smoothed[:, ~valid] == 0).all()
    radius = int(4 * sigma + 0.5)
    open_to = np.pad(valid, radius, mode="symmetric")
    padded = np.pad(image, [(0, 0), (radius, radius), (radius, radius)], mode="symmetric")
    for y, x in np.argwhere(valid):
        weights, total = 0.0, 0.0
        for column in _run(open_to[y + radius], x + radius, radius):
            for row in _run(open_to[:, column], y + radius, radius):
                weight = np.exp(-((row - y - radius) ** 2 + (column - x - radius) ** 2) / (2 * sigma**2))
                weights, total = weights + weight, total + weight * padded[:, row, column].astype(float)
        assert smoothed[:, y, x] == pytest.approx(total / weights, abs=1e-5)


def _run(line, start, radius):
    """Yield the places at most `radius` from `start` with no gap between."""
    yield start
    for side in (-1, 1):
        for place in range(start + side, start + side * (radius + 1), side):
            if not line[place]:
                break
            yield place


def test_smooth_mixes_nothing_across_a_line_of_nodata():
    image = np.random.default_rng(0).random((3, 20, 21)).astype(np.float32)
    valid = np.ones((20, 21), bool)
    valid[:, 10] = False
    other = image.copy()
    other[:, :, 11:] += 5
    assert np.array_equal(smooth(image, valid, 2)[:, :, :10], smooth(other, valid, 2)[:, :, :10])


def test_smooth_far_from_nodata_is_the_same_as_without():
    image = np.random.default_rng(0).random((1, 30, 30))
    valid = np.ones((30, 30), bool)
    expected = smooth(image, valid, 1)
    valid[3, 4] = False
    assert smooth(image, valid, 1)[:, 9:] == pytest.approx(expected[:, 9:], abs=1e-12)


def test_smooth_keeps_a_constant():
    valid = np.random.default_rng(0).random((30, 30)) > 0.4
    image = np.where(valid, np.float32(0.7), np.float32(9))[None]
    assert smooth(image, valid, 1.5)[:, valid] == pytest.approx(0.7, abs=1e-6)


@given(hnp.array_shapes(min_dims=3, max_dims=3, min_side=2, max_side=6), st.integers(0, 1000))
def test_gradient_is_numpys_where_all_is_valid(shape, seed):
    image = np.random.default_rng(seed).random(shape)
    expected = np.max([np.hypot(*np.gradient(band)) for band in image], axis=0)
    assert gradient(image, np.ones(shape[1:], bool)) == pytest.approx(expected)


@given(masked_images())
def test_gradient_of_a_plane_is_the_same_beside_nodata(masked):
    valid = masked[1]
    y, x = np.indices(valid.shape)
    plane = np.where(valid, 0.25 * y + 0.5 * x, np.nan)[None]
    steepness = gradient(plane, valid)
    assert (steepness[~valid] == 0).all()
    around = np.pad(valid, 1)
    has_row = around[:-2, 1:-1] | around[2:, 1:-1]
    has_column = around[1:-1, :-2] | around[1:-1, 2:]
    expected = np.hypot(0.25 * has_row, 0.5 * has_column)
    assert np.array_equal(steepness[valid], expected[valid])


def test_gradient_takes_the_band_that_changes_most():
    image = np.zeros((2, 1, 3), np.float32)
    image[1, 0, 2] = 1
    steepness = gradient(image, np.ones((1, 3), bool))
    assert steepness.dtype == np.float32
    assert np.array_equal(steepness, [[0, 0.5, 1]])
