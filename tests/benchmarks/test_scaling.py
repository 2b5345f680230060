import pytest

from benchmarks.idle import idle_of
from benchmarks.scaling import Rates, limits, needs

RATES = Rates(
    tile_s=0.7, link_s=0.0, outputs_s=0.1, prior_s=20, write_s=0.1, schedule_ms=10, tile_mpx=1, input_mb=4, record_mb=1,
    output_mb=2, objects=1000, worker_gb=1, main_gb=1, join_kb=630,
)  # fmt: skip


def test_a_day_of_pixels_takes_a_day_of_workers():
    found = needs(108, 100, RATES)
    assert found.scenes == 1080
    assert found.worker_days == pytest.approx(108_000 * (0.8 + 0.2) / 86_400)
    assert (found.cores, found.runs) == (2, 1)
    assert found.outputs_tb == pytest.approx(0.216)
    # Image and outputs once, records written and read.
    assert found.network_mb_s == pytest.approx(108_000 * 8 / 86_400)
    assert needs(10_800, 100, RATES).cores == 125


def test_a_run_ends_where_its_main_process_is_always_at_work():
    assert list(limits(100, RATES).values()) == pytest.approx([10, 70, (2**32 - 1) / 1e6, 100])


def test_idle_is_what_no_task_has():
    def event(what, second, seconds):
        return {"what": what, "time": f"2020-01-01T00:00:{second:02d}+00:00", "seconds": seconds}

    events = [
        *(event("begun", 0, 0), event("prior", 10, {"sample": 2, "train": 6}), event("tile", 12, 2)),
        *(event("tile", 13, 3), event("links", 14, 1.5), event("surveys", 14, 0.5), event("done", 50, 0)),
    ]
    found = idle_of(events, 2)
    assert found.span == 12
    assert found.busy == {"ahead": 0, "prior": 8, "tile": 5, "links": 1.5, "surveys": 0.5, "polygons": 0}
    assert found.share == pytest.approx(1 - 15 / 24)
