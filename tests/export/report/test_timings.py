"""Times of a run and of its tiles."""

import pytest

from pipeline.export.report.timings import find_timings


def record(tiles, rows=(0, 10, 25), columns=(0, 10, 20, 32)):
    return {
        "tiles": tiles,
        "grid": {"rows": rows, "columns": columns},
    }


RUN = {"seconds": {"prior": 61.0, "tiles": 5.0, "style": 0.01}, "workers": 2, "gpus": ["0"], "gpu_workers": 3}
RUN["cluster"] = {"scheduler": None, "slurm": None}


def timings_of(tiles, **grid):
    seconds = [{"seconds": tile.pop("seconds")} for tile in tiles]
    return find_timings(record(tiles, **grid), RUN | {"tiles": seconds})


def tiles_of(corner=(0, 0)):
    return [
        {
            "row": corner[0] + row,
            "column": corner[1] + column,
            "valid": 1000 * row + column,
            "segments": 7,
            "seconds": {"read": 1.0 + row, "label": float(column)},
        }
        for row in range(2)
        for column in range(3)
    ]


@pytest.mark.parametrize("corner", [(0, 0), (5, 3)])
def test_tiles_lie_where_the_grid_has_them(corner):
    timings = timings_of(tiles_of(corner))
    assert [tile.box for tile in timings.tiles] == [
        *((0, 0, 10, 10), (10, 0, 10, 10), (20, 0, 12, 10)),
        *((0, 10, 10, 15), (10, 10, 10, 15), (20, 10, 12, 15)),
    ]
    assert [tile.place for tile in timings.tiles][3:5] == ["Row 2, column 1", "Row 2, column 2"]
    depths, seconds = zip(*((tile.depth, tile.seconds) for tile in timings.tiles), strict=True)
    assert sorted(range(6), key=depths.__getitem__) == sorted(range(6), key=seconds.__getitem__)
    assert max(depths) == 1
    assert (timings.quickest, timings.slowest, timings.size) == ("1.0 s", "4.0 s", (32, 25))


def test_phases_and_stages_are_named_and_summed():
    timings = timings_of(tiles_of())
    assert timings.total == "1 min 6 s"
    assert timings.workers == "by 5 workers, with 1 GPU"
    assert timings.phases == (
        ("Learning what the classes are", "1 min 1 s"),
        ("Labelling the tiles", "5.0 s"),
        ("Writing styles", "< 0.1 s"),
    )
    assert timings.stages == (("Reading", "9.0 s"), ("Labelling", "6.0 s"))


def test_of_many_tiles_the_slowest_are_listed():
    many = [
        {"row": 0, "column": column, "valid": 1, "segments": 1, "seconds": {"read": float(column)}}
        for column in range(500)
    ]
    timings = timings_of(many, rows=(0, 1), columns=tuple(range(501)))
    assert len(timings.tiles) == 500
    assert [tile.seconds for tile in timings.listed[:2]] == [499, 498]
    assert len(timings.listed) == 200


def test_without_run_json_nothing_is_said():
    assert find_timings(record(tiles_of()), {}) is None


def test_work_that_others_do_is_not_said_to_be_done_here(monkeypatch):
    monkeypatch.setitem(RUN, "workers", 0)
    monkeypatch.setitem(RUN, "gpu_workers", 0)
    monkeypatch.setitem(RUN, "gpus", [])
    assert timings_of(tiles_of()).workers == "in one process"
    monkeypatch.setitem(RUN, "cluster", {"scheduler": "tcp://h:1", "slurm": None})
    assert timings_of(tiles_of()).workers == "by a cluster's workers"
