import threading

import pytest

from pipeline.cluster import InProcess
from pipeline.errors import StoppedError, WorkerError
from pipeline.run.handed_out import handed_out


class Elsewhere:
    """Does jobs when it is let, one at a time."""

    elsewhere = True

    def __init__(self, error=None):
        self.let, self.error, self.closed = threading.Semaphore(0), error, False

    def map(self, stages, jobs, work):  # noqa: ARG002 - it has nothing to leave there
        try:
            for job in jobs:
                self.let.acquire()
                if self.error is not None:
                    raise self.error
                stages[0].function(job)
                yield job, 0.5
        finally:
            self.closed = True


def test_jobs_are_done_elsewhere_and_waited_for(tmp_path):
    executor, done = Elsewhere(), []
    with handed_out(lambda job: done.append((job, threading.current_thread())), ["a", "b"], executor, tmp_path) as need:
        assert not done
        executor.let.release(2)
        need("b")
        need("a")
    assert [job for job, _ in done] == ["a", "b"]
    assert threading.current_thread() not in [thread for _, thread in done]
    assert executor.closed


def test_what_others_have_taken_is_told_in_the_end(tmp_path):
    executor, told = Elsewhere(), []
    with handed_out(print, ["a", "b"], executor, tmp_path, told.append) as need:
        executor.let.release(2)
        need("a")
        need("b")
        assert not told
    assert told == [[0.5, 0.5]]
    with handed_out(lambda _: 1.0, ["a"], InProcess(), tmp_path, told.append) as need:
        need("a")
    assert len(told) == 1


def test_what_is_not_among_the_jobs_is_done_at_once(tmp_path):
    executor, done = Elsewhere(), []
    with handed_out(done.append, ["a"], executor, tmp_path) as need:
        need("c")
        assert done == ["c"]
        executor.let.release()
    assert executor.closed


def test_an_error_is_raised_where_the_job_is_waited_for(tmp_path):
    executor = Elsewhere(WorkerError("died"))
    executor.let.release()
    with handed_out(print, ["a", "b"], executor, tmp_path) as need:
        for job in ("a", "b"):
            with pytest.raises(WorkerError, match="died"):
                need(job)


def test_what_a_stop_has_left_undone_is_done_here(tmp_path):
    executor, done = Elsewhere(StoppedError()), []
    executor.let.release()
    with handed_out(done.append, ["a", "b"], executor, tmp_path) as need:
        need("a")
        need("b")
    assert done == ["a", "b"]


def test_when_the_block_ends_no_more_are_begun(tmp_path):
    executor, done = Elsewhere(), []
    with pytest.raises(KeyError), handed_out(done.append, ["a", "b", "c"], executor, tmp_path):  # noqa: PT012 - it ends within
        executor.let.release()
        raise KeyError
    assert done == ["a"]
    assert executor.closed


def test_who_wants_the_program_to_end_does_not_wait(tmp_path):
    executor = Elsewhere()
    with pytest.raises(KeyboardInterrupt), handed_out(print, ["a"], executor, tmp_path):
        raise KeyboardInterrupt
    # Nobody has let it go on.
    assert not executor.closed
    executor.let.release()


def test_without_other_processes_each_is_done_when_it_is_wanted(tmp_path):
    done = []
    with handed_out(done.append, ["a", "b"], InProcess(), tmp_path) as need:
        assert not done
        need("b")
    assert done == ["b"]
