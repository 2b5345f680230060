"""Fixtures of the training tests."""

import pytest

from pipeline.train.device import arithmetic


@pytest.fixture(autouse=True)
def _one_thread():
    """Use one thread: images of a few hundred pixels are slower with more, the more so beside other work."""
    with arithmetic(1):
        yield
