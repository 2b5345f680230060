"""Scenes on their way, with steps that do nothing but tell and wait."""

import threading
from types import SimpleNamespace

import pytest

from pipeline.errors import InputError, StoppedError
from pipeline.run import flow as module
from pipeline.run.flow import Flow
from pipeline.run.interrupts import Halt

PATIENCE = 20


class Way:
    """What happens to scenes, in order, and gates that hold a step up."""

    def __init__(self):
        self.told, self.gates, self.failing, self.stop = [], {}, {}, threading.Event()
        self.happened = threading.Condition()

    def tell(self, what):
        with self.happened:
            self.told.append(what)
            self.happened.notify_all()

    def until(self, what):
        with self.happened:
            assert self.happened.wait_for(lambda: what in self.told, PATIENCE), f"{what} is not in {self.told}"

    def steps(self, plan, _executor):
        name = plan.scene.name
        try:
            for step in ("prior", "tiles", "written"):
                self.tell(f"{name} {step}")
                assert self.gates.get(f"{name} {step}", _open).wait(PATIENCE)
                if f"{name} {step}" in self.failing:
                    raise self.failing[f"{name} {step}"]
                if step != "written":
                    yield
        except StoppedError:
            self.tell(f"{name} stopped")
            raise
        finally:
            self.tell(f"{name} over")
        return f"{name}'s result"


_open = threading.Event()
_open.set()


@pytest.fixture
def way(monkeypatch):
    monkeypatch.setattr(module, "priors_at_a_time", lambda _plan, _workers: 1)
    monkeypatch.setattr(module, "room_for", lambda _plan, _others: True)
    return Way()


def plans_of(names, membership=None):
    return [SimpleNamespace(scene=SimpleNamespace(name=name), membership=membership) for name in names]


def go(way, names, *, elsewhere=True, membership=None, stop_after=None):
    """Let scenes go their way; return what became of each."""
    found = {}
    flow = Flow(plans_of(names, membership), 3, way.stop, way.steps, lambda plan: way.tell(f"{plan.scene.name} said"))
    with flow, flow.through(SimpleNamespace(elsewhere=elsewhere)) as scenes:
        for begun in scenes:
            name = begun.plan.scene.name
            try:
                found[name] = begun.finish(flow.halt)
            except InputError as error:
                found[name] = error
            if name == stop_after:
                break
    return found


def test_one_is_written_while_the_next_is_labelled_and_the_one_after_prepared(way):
    way.gates["a written"] = threading.Event()
    threading.Thread(target=lambda: (way.until("c prior"), way.until("b tiles"), way.gates["a written"].set())).start()
    assert go(way, "abc") == {name: f"{name}'s result" for name in "abc"}
    before = way.told[: way.told.index("a over")]
    assert {"a written", "b tiles", "c prior"} <= set(before)
    # One is labelled and one is written at a time.
    assert "c tiles" not in before
    assert [word for word in way.told if word.endswith("written")] == ["a written", "b written", "c written"]


def test_where_all_is_done_here_it_is_one_after_the_other(way):
    go(way, "ab", elsewhere=False)
    assert way.told == [
        f"{name} {word}" for name in "ab" for word in ("said", "prior", "tiles", "written", "over")
    ]  # fmt: skip


def test_without_room_on_the_disk_it_is_one_after_the_other(way, monkeypatch):
    monkeypatch.setattr(module, "room_for", lambda _plan, others: not others)
    go(way, "abc")
    assert [word for word in way.told if not word.endswith("said")] == [
        f"{name} {word}" for name in "abc" for word in ("prior", "tiles", "written", "over")
    ]


@pytest.mark.parametrize("step", ["prior", "tiles", "written"])
def test_a_step_that_fails_is_that_scenes_failure(way, step):
    way.failing[f"b {step}"] = InputError("b.tif: is gone")
    found = go(way, "abcd")
    assert str(found.pop("b")) == "b.tif: is gone"
    assert found == {name: f"{name}'s result" for name in "acd"}


def test_after_a_failure_nothing_more_is_labelled_unless_asked_for(way):
    way.failing["a tiles"] = InputError("a.tif: is gone")
    assert list(go(way, "abc", stop_after="a")) == ["a"]
    assert "b said" not in way.told
    # Its prior may have been begun; then it is over, and its place is free.
    assert way.told.count("b over") == way.told.count("b prior")


def test_a_stop_lets_what_is_written_be_finished_and_leaves_the_others(way):
    way.gates["a written"] = threading.Event()

    def stopping():
        way.until("a written")
        way.until("b tiles")
        way.stop.set()
        way.gates["a written"].set()

    threading.Thread(target=stopping).start()
    with pytest.raises(StoppedError):
        go(way, "abcd")
    assert "a stopped" not in way.told
    assert "b stopped" in way.told
    assert "b written" not in way.told
    assert not any(word.startswith("d") for word in way.told)
    assert way.told.count("c over") == way.told.count("c prior")


def test_the_end_of_the_program_waits_for_nobody(way, monkeypatch):
    """A step in another thread that hangs: the process is to end all the same."""
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)
    way.gates["b tiles"] = threading.Event()
    way.failing["a written"] = SystemExit(143)
    way.gates["a written"] = threading.Event()
    threading.Thread(target=lambda: (way.until("b tiles"), way.gates["a written"].set())).start()
    with pytest.raises(SystemExit):
        go(way, "ab")
    assert "b over" not in way.told
    way.gates["b tiles"].set()


def test_after_a_stop_no_prior_is_begun_and_one_that_runs_is_waited_for(way, monkeypatch):
    monkeypatch.setattr(module, "priors_at_a_time", lambda _plan, _workers: 2)
    way.gates["a prior"] = way.gates["b prior"] = threading.Event()

    def stopping():
        way.until("a prior")
        way.until("b prior")
        way.stop.set()
        way.gates["a prior"].set()

    threading.Thread(target=stopping).start()
    with pytest.raises(StoppedError):
        go(way, "abcd")
    assert sorted(word for word in way.told if not word.endswith("said")) == [
        f"{name} {word}" for name in "ab" for word in ("over", "prior", "stopped")
    ]


def test_who_is_begun_while_the_end_is_waited_for_is_waited_for_too(way):
    flow = Flow(plans_of("a"), 3, way.stop, way.steps, lambda _plan: None)
    executor, late = SimpleNamespace(elsewhere=True), threading.Event()

    def begin():
        way.until("waiting")
        flow._work(lambda: (late.wait(0.1), way.tell("late")), executor)

    with flow:
        flow._work(begin, executor)
        threading.Timer(0.05, lambda: way.tell("waiting")).start()
        flow._end()
        assert way.told[-1] == "late"


def test_a_scene_that_is_done_meanwhile_is_not_begun_again(way):
    """The first is let go of while it is seen whether there is room for those after the second."""
    flow = Flow(plans_of("abcd"), 3, way.stop, way.steps, lambda _plan: None)
    executor = SimpleNamespace(elsewhere=True)
    with flow:
        for number in (0, 1):
            flow._prepare(number, executor).prepared.result()
        flow._begun = _LetGo(flow._begun)
        flow._prepare_after(1, 1, executor)
        flow._end()
    assert [word for word in way.told if word.endswith("prior")] == ["a prior", "b prior", "c prior"]


class _LetGo(dict):
    """Scenes that are begun, of which the first is gone as soon as anybody has looked."""

    def __iter__(self):
        keys = list(self.keys())
        self.pop(0, None)
        return iter(keys)

    def __contains__(self, key):
        found = super().__contains__(key)
        self.pop(0, None)
        return found


@pytest.mark.parametrize("problem", [OSError("disk full"), ValueError("a mistake")])
def test_a_scene_that_cannot_be_given_up_leaves_no_other_one_locked(way, problem):
    def steps(plan, executor):
        try:
            yield from way.steps(plan, executor)
        finally:
            if plan.scene.name == "a":
                raise problem

    def give_up(error):
        flow = Flow(plans_of("ab"), 3, way.stop, steps, lambda _plan: None)
        with flow:
            for number in (0, 1):
                flow._prepare(number, SimpleNamespace(elsewhere=True)).prepared.result()
            if error:
                raise error

    with pytest.raises(type(problem), match=str(problem)):
        give_up(None)
    assert "b over" in way.told
    way.told.clear()
    # What ends the pass is not hidden by it.
    with pytest.raises(SystemExit):
        give_up(SystemExit(143))
    assert {"a over", "b over"} <= set(way.told)


def test_scenes_are_to_be_left_when_the_run_is_or_they_are(way):
    one, other = Halt(way.stop), Halt(way.stop)
    one.set()
    assert (one.is_set(), other.is_set(), way.stop.is_set()) == (True, False, False)
    way.stop.set()
    assert other.is_set()
    # Nobody may wait for it as for an event, which would not see the run's stop.
    assert not hasattr(one, "wait")


def test_a_prior_for_all_is_trained_first_and_others_beside_one_another(way, monkeypatch):
    monkeypatch.setattr(module, "priors_at_a_time", lambda _plan, _workers: 3)
    # Held up until others are trained as well.
    way.gates["a prior"] = threading.Event()
    threading.Thread(target=lambda: (way.until("c prior"), way.gates["a prior"].set())).start()
    go(way, "abcd")
    way.gates["a prior"] = threading.Event()
    way.told.clear()
    threading.Timer(0.2, lambda: (way.tell("released"), way.gates["a prior"].set())).start()
    go(way, "abcd", membership=object())
    assert "b prior" not in way.told[: way.told.index("released")]
