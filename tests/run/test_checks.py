"""What is refused before work begins."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.meaning import Meaning
from pipeline.raster.scaling import Scaling
from pipeline.run.checks import check_values


def check(trained, found):
    low, high = zip(*trained, strict=True)
    # Of no matter here.
    others: dict[str, Any] = dict.fromkeys(Meaning.__dataclass_fields__, ())
    meaning = Meaning(**{**others, "channels": len(low), "low": low, "high": high})
    least, most = zip(*found, strict=True)
    check_values(Path("p.pt"), meaning, Scaling(least, most), "s.tif")


@pytest.mark.parametrize(
    ("trained", "found"),
    [
        ([(0.0, 255.0)], [(0.0, 255.0)]),
        # Eight bits of a wider type, and a scene that is darker.
        ([(0.0, 255.0)], [(12.0, 201.0)]),
        ([(500.0, 8000.0)], [(200.0, 3000.0)]),
        # One band of several is enough.
        ([(0.0, 255.0), (0.0, 255.0)], [(300.0, 900.0), (1.0, 200.0)]),
        # Nothing valid.
        ([(200.0, 3000.0)], [(0.0, 1.0)]),
    ],
)
def test_values_that_a_prior_knows(trained, found):
    check(trained, found)


@pytest.mark.parametrize(
    ("trained", "found"),
    [
        ([(0.0, 255.0)], [(160.0, 4080.0)]),
        ([(200.0, 3000.0)], [(0.0, 255.0)]),
        ([(0.0, 255.0)], [(0.02, 0.9)]),
        ([(0.0, 1.0)], [(0.0, 255.0)]),
    ],
)
def test_values_that_a_prior_does_not_know(trained, found):
    with pytest.raises(InputError, match=r"^s\.tif: has values of .* the prior p\.pt was trained on .*; rescale"):
        check(trained, found)
