import pytest
import torch

from pipeline.train.device import arithmetic


def state():
    cudnn = torch.backends.cudnn
    return torch.get_num_threads(), cudnn.benchmark, cudnn.deterministic, cudnn.allow_tf32


@pytest.mark.parametrize("threads", [1, 3])
def test_arithmetic_holds_within_the_block_alone(threads):
    before = state()
    with arithmetic(threads):
        assert state() == (threads, False, True, False)
    assert state() == before
    with pytest.raises(KeyError), arithmetic(threads):
        raise KeyError
    assert state() == before
