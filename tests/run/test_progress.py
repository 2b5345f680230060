"""Bars on a terminal, and none elsewhere."""

import io
import sys
import time

import pytest

from pipeline.run.progress import progress


class Screen(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, *, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.fixture
def show(monkeypatch):
    """Give a function that shows progress in some steps, and returns what was written."""

    def run(total, steps, *, terminal=True):
        screen = Screen(terminal=terminal)
        monkeypatch.setattr(sys, "stderr", screen)
        with progress("town", "tiles", total, "Mpx") as advance:
            for step in steps:
                # The bar is redrawn ten times a second.
                time.sleep(0.11)
                advance(step)
        return screen.getvalue()

    return run


def test_a_bar_tells_scene_phase_share_and_rate(show):
    shown = show(4.5, [1.5, 3.0])
    for part in ("town: tiles", "  0% |", " 33% |", "100% |", "1.5/4.5 Mpx [", "4.5/4.5 Mpx [", " Mpx/s]"):
        assert part in shown


def test_nothing_is_written_where_nobody_looks(show):
    assert show(2, [1, 1], terminal=False) == ""


def test_a_phase_without_work_has_a_bar_too(show):
    assert "0/0 Mpx" in show(0, [])


def test_more_than_all_is_all(show):
    shown = show(1, [0.5, 1.0, 1.0])
    assert "1/1 Mpx" in shown
    assert "2" not in shown.split("\r")[-2].split("[")[0]


def test_a_task_that_starts_over_goes_back(show):
    shown = show(10, [6, -4, 8])
    assert "6/10 Mpx" in shown
    assert "10/10 Mpx" in shown
