import threading
from types import SimpleNamespace

import pytest

from pipeline.cluster import InProcess
from pipeline.errors import WorkerError
from pipeline.grid import Grid
from pipeline.run import linking as module
from pipeline.run.linking import linking
from pipeline.store.work import Work
from pipeline.tasks import link_tiles


class Elsewhere:
    """Says what pairs it was asked for, by whom, and that each took a second."""

    elsewhere = True

    def __init__(self, error=None):
        self.asked, self.threads, self.error = [], [], error
        self.waits_for, self.linked = threading.Event(), 0
        self.waits_for.set()

    def map(self, stages, jobs, work):  # noqa: ARG002 - it has nothing to leave there
        assert [stage.function for stage in stages] == [link_tiles]
        self.threads.append(threading.current_thread())
        self.asked.append([(first.name[-1], second.name[-1]) for job in jobs for first, second in job.pairs])
        for job in jobs:
            if self.error is not None:
                raise self.error
            self.linked += 1
            yield job, 1.0
            # Before the next one.
            self.waits_for.wait(20)


@pytest.fixture
def plan(tmp_path):
    return SimpleNamespace(
        grid=Grid((40, 160), 40, 8), work=Work(tmp_path), mark="run", scene=SimpleNamespace(name="scene"), workers=2
    )


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(module, "tell", lambda what, **more: found.append((what, more)))
    return found


def test_what_is_labelled_is_linked_ahead_and_the_rest_at_the_end(plan, told):
    executor, tiles = Elsewhere(), list(plan.grid)
    with linking(plan, executor) as links:
        links.begin(set(tiles[:3]))
        links.begin(set(tiles))
        links.finish()
    assert executor.asked[:1] == [[("0", "1"), ("1", "2")]]
    assert executor.asked[1:] == [[("2", "3")]]
    assert executor.threads[0] != executor.threads[1] == threading.current_thread()
    assert told == [("links", {"scene": "scene", "pairs": 3, "seconds": 3.0})]


def test_without_a_beginning_all_are_linked_at_the_end(plan, told):
    executor = Elsewhere()
    with linking(plan, executor) as links:
        links.finish()
    assert executor.asked == [[("0", "1"), ("1", "2"), ("2", "3")]]
    assert len(told) == 1


def test_in_one_process_nothing_is_linked_ahead(plan, monkeypatch):
    executor = InProcess()
    monkeypatch.setattr(executor, "map", lambda *_: pytest.fail("linked"))
    with linking(plan, executor) as links:
        links.begin(set(plan.grid))


def test_when_the_block_ends_no_more_are_linked(plan):
    executor = Elsewhere()
    with pytest.raises(KeyError), linking(plan, executor) as links:  # noqa: PT012 - it ends within
        executor.waits_for = links._ended
        links.begin(set(plan.grid))
        raise KeyError
    assert executor.linked == 2


def test_an_error_of_what_was_begun_is_raised_at_the_end(plan):
    executor = Elsewhere(WorkerError("died"))
    with linking(plan, executor) as links:
        links.begin(set(plan.grid))
        with pytest.raises(WorkerError, match="died"):
            links.finish()


@pytest.mark.parametrize(("workers", "longest"), [(1, 16), (2, 8), (40, 1), (0, 16)])
def test_all_workers_have_pairs_and_tiles_come_soon_again(plan, told, workers, longest):
    plan.grid, plan.workers = Grid((240, 280), 40, 8), workers
    executor, jobs = Elsewhere(), []
    executor.map = lambda _stages, some, _work: ((jobs.append(job), (job, 0.0))[1] for job in some)
    with linking(plan, executor) as links:
        links.finish()
    assert [pair for job in jobs for pair in job.pairs] == list(plan.grid.neighbours())
    assert max(len(job.pairs) for job in jobs) == longest
    assert told[0][1]["pairs"] == 71
