import threading

import pytest

from pipeline.cluster import InProcess
from pipeline.run.ahead import ahead
from pipeline.tile import presegment_tile


class Elsewhere:
    """Has an idle worker."""

    elsewhere = True

    def __init__(self):
        self.begun, self.asked, self.ended = threading.Event(), [], False

    def meanwhile(self, stage, jobs, work, until):
        self.asked = [stage.function, stage.wants, list(jobs), work]
        self.begun.set()
        self.ended = until.wait(20)
        return [0.5, 2.0]


def test_jobs_are_asked_for_until_the_block_ends(tmp_path):
    executor = Elsewhere()
    told = []
    with ahead(presegment_tile, ["a", "b"], executor, tmp_path, told.append) as begin:
        assert not executor.asked
        begin()
        begin()
        assert executor.begun.wait(20)
        assert not executor.ended
    assert executor.asked == [presegment_tile, "cpu", ["a", "b"], tmp_path]
    assert executor.ended
    assert told == [[0.5, 2.0]]


def test_it_ends_with_an_error_too(tmp_path):
    executor = Elsewhere()
    with pytest.raises(KeyError), ahead(presegment_tile, [], executor, tmp_path) as begin:  # noqa: PT012 - it begins within
        begin()
        raise KeyError
    assert executor.ended


def test_where_all_is_done_here_nothing_is_done_ahead(tmp_path):
    told = []
    with ahead(presegment_tile, ["a"], InProcess(), tmp_path, told.append) as begin:
        begin()
    assert told == []
    assert not list(tmp_path.iterdir())
