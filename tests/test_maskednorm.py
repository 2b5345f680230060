import pytest
import torch
from torch.nn import functional

from pipeline.maskednorm import masked_norm


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def inputs(share=0.6):
    x = noise(2, 3, 4, 5).requires_grad_()
    weight, bias = (noise(3, seed=seed).requires_grad_() for seed in (1, 2))
    return x, torch.rand(2, 1, 4, 5, generator=torch.Generator().manual_seed(3)) < share, weight, bias


@pytest.mark.parametrize("share", [0.3, 0.6, 1.0])
def test_the_gradient_is_that_of_what_is_computed(share):
    x, valid, weight, bias = inputs(share)
    assert torch.autograd.gradcheck(lambda *of: masked_norm(of[0], valid, *of[1:]), (x, weight, bias))


def test_where_all_is_valid_it_is_torchs():
    x, valid, weight, bias = inputs(share=1.1)
    expected = functional.batch_norm(x, None, None, weight, bias, training=True)
    assert torch.allclose(masked_norm(x, valid, weight, bias), expected)


def test_invalid_pixels_are_normalised_with_the_statistics_of_valid_ones():
    x, valid, weight, bias = inputs()
    found = masked_norm(x, valid, weight, bias)
    rows = x.permute(0, 2, 3, 1)
    inside = rows[valid[:, 0]]
    expected = (rows - inside.mean(0)) / (inside.var(0, correction=0) + 1e-5).sqrt() * weight + bias
    assert torch.allclose(found.permute(0, 2, 3, 1), expected)
    other = torch.where(valid, x, x + 100)
    assert torch.allclose(masked_norm(other, valid, weight, bias).where(valid, 0), found.where(valid, 0))


def test_without_valid_pixels_nothing_is_infinite():
    x, _, weight, bias = inputs()
    nothing = torch.zeros(2, 1, 4, 5, dtype=torch.bool)
    found = masked_norm(x, nothing, weight, bias)
    found.sum().backward()
    assert all(torch.isfinite(one).all() for one in (found, x.grad, weight.grad, bias.grad))


def test_rows_of_pixels_stay_rows_of_pixels():
    x, valid, weight, bias = inputs()
    x = x.detach().to(memory_format=torch.channels_last)
    assert masked_norm(x, valid, weight, bias).is_contiguous(memory_format=torch.channels_last)


def test_statistics_are_not_made_coarse_with_the_convolutions():
    x = noise(1, 2, 60, 60).float() / 10 + 100
    weight, bias = torch.ones(2), torch.zeros(2)
    every = torch.ones(1, 1, 60, 60, dtype=torch.bool)
    expected = masked_norm(x, every, weight, bias)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(masked_norm(x, every, weight, bias), expected)
