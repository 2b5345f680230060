import pytest
import torch

from pipeline.train.device import arithmetic


def state():
    cudnn, products = torch.backends.cudnn, torch.backends.cuda.matmul
    tf32 = cudnn.allow_tf32, products.allow_tf32
    return torch.get_num_threads(), cudnn.benchmark, cudnn.deterministic, *tf32


@pytest.fixture
def tf32_allowed():
    """Allow it as containers do, for as long as the test runs."""
    where = torch.backends.cudnn, torch.backends.cuda.matmul
    before = [one.allow_tf32 for one in where]
    for one in where:
        one.allow_tf32 = True
    yield
    for one, value in zip(where, before, strict=True):
        one.allow_tf32 = value


@pytest.mark.usefixtures("tf32_allowed")
@pytest.mark.parametrize("threads", [1, 3])
def test_arithmetic_holds_within_the_block_alone(threads):
    before = state()
    assert before[3:] == (True, True)
    with arithmetic(threads):
        assert state() == (threads, False, True, False, False)
    assert state() == before
    with pytest.raises(KeyError), arithmetic(threads):
        raise KeyError
    assert state() == before
