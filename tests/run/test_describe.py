"""Plans and results in words."""

from types import SimpleNamespace

import pytest

from pipeline.grid import Grid
from pipeline.run.describe import describe_result


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"classes": 8, "finest": 24}, "a: 8 classes, merged from 24, in 4 s (0.50 Mpx/s)"),
        ({"classes": 1, "finest": 1}, "a: 1 class in 4 s (0.50 Mpx/s)"),
        # What it did not do does not count as its speed.
        ({"classes": 2, "finest": 2, "resumed": True}, "a: 2 classes in 4 s (going on where an earlier run stopped)"),
    ],
)
def test_a_result_in_a_line(found, said):
    plan = SimpleNamespace(scene=SimpleNamespace(name="a"), grid=Grid((1000, 2000), 512, 64))
    assert describe_result(plan, SimpleNamespace(**{"resumed": False, **found}), 4.0) == said
