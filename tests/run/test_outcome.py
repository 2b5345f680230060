import json

import pytest

from pipeline.errors import InputError
from pipeline.run.options import Options
from pipeline.run.outcome import Ledger, Outcome, table_of
from pipeline.run.scenes import Scene

SCENES = [Scene(name, f"{name}.tif") for name in ("a", "bb", "c", "d")]


@pytest.fixture
def said():
    return []


@pytest.fixture
def ledger(tmp_path, said):
    return Ledger(SCENES, Options(out=tmp_path, max_failures=2), said.append)


def summary(folder):
    return json.loads((folder / "summary.json").read_text())


def test_summary_follows_every_scene(tmp_path, ledger):
    ledger.note(Outcome(SCENES[1], "done", (tmp_path / "x",), 1.23456))
    assert summary(tmp_path)["counts"] == {"not begun": 3, "done": 1}
    ledger.fail("a", InputError("a.tif: is no raster"))
    content = summary(tmp_path)
    assert [entry["status"] for entry in content["scenes"]] == ["failed", "done", "not begun", "not begun"]
    assert content["scenes"][0]["reason"] == "a.tif: is no raster"
    assert content["scenes"][1] == {
        "scene": "bb", "path": "bb.tif", "status": "done", "seconds": 1.235, "reason": None,
    }  # fmt: skip
    assert ledger.left == SCENES[2:]


def test_so_many_failures_end_the_run(ledger):
    assert ledger.goes_on
    ledger.fail("a", InputError("a"))
    assert ledger.goes_on
    ledger.fail("c", InputError("c"))
    assert not ledger.goes_on
    assert ledger.failures == {"a": "a", "c": "c"}


def test_the_table_has_a_line_for_each(ledger, said):
    ledger.note(Outcome(SCENES[0], "done before", ()))
    ledger.note(Outcome(SCENES[1], "interrupted", (), 2.0))
    ledger.fail("c", InputError("c.tif: is gone"))
    ledger.close()
    assert said[-1].splitlines() == [
        "a   done before      0.0 s",
        "bb  interrupted      2.0 s",
        "c   failed           0.0 s  c.tif: is gone",
        "d   not begun        0.0 s",
        "1 of 4 scenes done, 1 interrupted, 1 failed, 1 not begun",
    ]
    assert table_of(ledger.outcomes) == said[-1]


def test_a_lone_scene_fails_as_an_error_and_needs_no_summary(tmp_path, said):
    ledger = Ledger(SCENES[:1], Options(out=tmp_path), said.append)
    with pytest.raises(InputError, match="gone"):
        ledger.fail("a", InputError("gone"))
    ledger.note(Outcome(SCENES[0], "done"))
    ledger.close()
    assert not said
    assert not list(tmp_path.iterdir())


def test_what_begins_anew_is_forgotten(ledger):
    ledger.note(Outcome(SCENES[0], "done"))
    ledger.forget(["a", "d"])
    assert ledger.left == SCENES


def test_giving_up_fails_the_rest(ledger):
    ledger.note(Outcome(SCENES[0], "done"))
    ledger.give_up(InputError("all is lost"))
    assert [outcome.status for outcome in ledger.outcomes] == ["done", "failed", "failed", "failed"]


def test_a_summary_that_cannot_be_written_is_said(tmp_path, said):
    (tmp_path / "file").touch()
    ledger = Ledger(SCENES, Options(out=tmp_path / "file"), said.append)
    ledger.note(Outcome(SCENES[0], "done"))
    assert "summary.json: cannot be written" in said[0]


def test_a_file_of_another_program_stays(tmp_path, said):
    (tmp_path / "summary.json").write_text('{"counts": 1}')
    Ledger(SCENES, Options(out=tmp_path), said.append).note(Outcome(SCENES[0], "done"))
    assert said == [f"{tmp_path / 'summary.json'}: is a file of another program; move it, or choose another --out"]
    assert (tmp_path / "summary.json").read_text() == '{"counts": 1}'
