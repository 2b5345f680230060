import numpy as np
import pytest

from benchmarks.presegment import CONFIGS, measure


@pytest.mark.parametrize("method", CONFIGS)
def test_all_figures_are_measured(method):
    image = np.random.default_rng(0).random((3, 150, 150)).astype(np.float32)
    figures = measure(image, method, rounds=1)
    assert figures.ours > 0
    assert figures.theirs > 0
    assert figures.threads > 0
    assert figures.memory > 4
