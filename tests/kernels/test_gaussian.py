import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import gaussian_filter

from pipeline.kernels.gaussian import blur, mirrored, taps
from pipeline.kernels.masked_gaussian import blur_valid


@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0, 4.0])
def test_taps_are_half_a_kernel_of_sum_1_in_whole_groups(sigma):
    radius = int(4 * sigma + 0.5)
    weights = taps(sigma, radius)
    assert weights[0] + 2 * weights[1:].sum() == pytest.approx(1)
    assert (weights[: radius + 1] > 0).all()
    assert not weights[radius + 1 :].any()
    assert (len(weights) - 1) % 4 == 0


@given(st.integers(-100, 100), st.integers(1, 12))
def test_mirrors_are_numpys_symmetric_ones(index, length):
    assert mirrored(index, length) == np.pad(np.arange(length), 100, mode="symmetric")[index + 100]


@given(
    hnp.array_shapes(min_dims=3, max_dims=3, max_side=12),
    st.floats(0.15, 6),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 99),
)
def test_images_smaller_than_the_kernel_are_scipys_too(shape, sigma, dtype, seed):
    image = np.random.default_rng(seed).random(shape).astype(dtype)
    out = np.empty_like(image)
    blur(image, taps(sigma, int(4 * sigma + 0.5)).astype(dtype), out)
    assert out == pytest.approx(np.stack([gaussian_filter(band, sigma) for band in image]), abs=1e-6)


@given(
    st.tuples(st.integers(1, 30), st.integers(1, 30)), st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 99), st.data()
)
def test_what_no_gap_is_near_has_the_very_bits_of_the_plain_filter(shape, sigma, seed, data):
    image = np.random.default_rng(seed).random((2, *shape)).astype(np.float32)
    valid = np.ones(shape, bool)
    gap = data.draw(st.tuples(*(st.integers(0, length - 1) for length in shape)))
    valid[gap] = False
    radius = int(4 * sigma + 0.5)
    weights = taps(sigma, radius).astype(np.float32)
    plain, masked = np.empty_like(image), np.full_like(image, np.nan)
    blur(image, weights, plain)
    blur_valid(np.where(valid, image, 0), valid, weights, radius, masked)
    far = np.max(np.abs(np.indices(shape) - np.reshape(gap, (2, 1, 1))), axis=0) > radius
    assert np.array_equal(masked[:, far], plain[:, far])
    assert np.isfinite(masked).all()
