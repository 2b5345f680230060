import json
import logging
from datetime import UTC, datetime

from pipeline.events import logged_to, tell


def test_an_event_is_a_line_of_json(tmp_path):
    path = tmp_path / "run.log"
    tell("before", scene="größe")
    with logged_to(path, "größe"):
        assert not path.exists()
        tell("tile", scene="größe", tile=[1, 2], seconds=0.5)
        tell("two\nlines", scene="größe", reason='"quoted"')
    tell("after", scene="größe")
    with logged_to(path, "größe"):
        tell("again", scene="größe")
    first, second, third = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert abs((datetime.now(UTC) - datetime.fromisoformat(first.pop("time"))).total_seconds()) < 60
    assert first == {"what": "tile", "scene": "größe", "tile": [1, 2], "seconds": 0.5}
    assert (second["what"], second["reason"]) == ("two\nlines", '"quoted"')
    assert third["what"] == "again"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, capsys):
    with logged_to(tmp_path / "missing" / "run.log", "a"):
        tell("tile", scene="a")
    assert capsys.readouterr().err == ""


def test_other_loggers_see_nothing(tmp_path, caplog):
    with caplog.at_level(logging.INFO), logged_to(tmp_path / "run.log", "a"):
        tell("tile", scene="a")
    assert not logging.getLogger("aerialseg").propagate


def test_scenes_at_the_same_time_have_logs_of_their_own(tmp_path):
    with logged_to(tmp_path / "a.log", "a"), logged_to(tmp_path / "b.log", "b"):
        tell("begun", scene="a")
        tell("begun", scene="b")
        tell("done", scene="a")
        tell("of none")
    assert [json.loads(line)["what"] for line in (tmp_path / "a.log").read_text().splitlines()] == ["begun", "done"]
    assert [json.loads(line)["scene"] for line in (tmp_path / "b.log").read_text().splitlines()] == ["b"]
