"""Levels of a report, as the page recolours by them."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.export.palette import distinct_colours
from pipeline.export.report.levels import choose_levels, levels_data
from pipeline.export.report.units import Ground
from pipeline.stitch.classes import Classes
from pipeline.stitch.levels import Finest, take_level
from pipeline.stitch.tree import Tree


def of_classes(finished, count, own, levels):
    """Give the run `count` classes, the first ones largest, of which the last one merges into the first every time."""
    pixels = tuple(range(2 * count, count, -1))
    classes = Classes(
        tuple(f"class {number}" for number in range(1, count + 1)), tuple((n % 256, n // 256, 0) for n in range(count))
    )
    merges = tuple((1, number) for number in range(count, 2, -1))
    found = Finest(classes, Tree(tuple(number / sum(pixels) for number in pixels), merges), pixels)
    record = {**finished.record, "config": {**finished.record["config"], "output": {"levels": levels}}}
    return replace(finished, finest=found, level=take_level(classes, found.tree, own), record=record)


@pytest.mark.parametrize(
    ("count", "own", "levels", "expected"),
    [
        (10, 5, (8, 4, 16), [4, 5, 8]),
        (10, 0, (4, 10), [4, 10]),
        (2, 2, (4, 8, 1), [2]),
        (1, 1, (4, 8), [1]),
        (300, 290, (4, 270), [4, 255]),
    ],
)
def test_levels_that_the_run_has_and_its_own(finished, count, own, levels, expected):
    run = of_classes(finished, count, own, levels)
    shown = choose_levels(run)
    data = levels_data(run, shown, Ground(None, sum(run.finest.pixels)))
    assert [level["count"] for level in data["levels"]] == [len(level.classes) for level in shown.levels] == expected
    assert len(shown.levels[shown.own].classes) == min(own or count, 255)
    for level, told in zip(shown.levels, data["levels"], strict=True):
        # Numbers of the picture lead to the same class as the finest classes that they stand for.
        assert np.array_equal(np.array(told["lookup"])[shown.finest.lookup], level.lookup)
        assert [one["area"] for one in told["classes"]] == [f"{n:,}" for n in level.pixels(run.finest.pixels)]
        assert sum(one["part"] for one in told["classes"]) == pytest.approx(1, abs=1e-3)


def test_distinct_colours_stay_with_the_largest_part(finished):
    run = of_classes(finished, 10, 5, (3, 8))
    data = levels_data(run, choose_levels(run), Ground(None, 155))
    colours = distinct_colours(10)
    assert all(level["classes"][level["lookup"][1] - 1]["distinct"] == colours[0] for level in data["levels"])
    assert all(len({one["distinct"] for one in level["classes"]}) == level["count"] for level in data["levels"])
