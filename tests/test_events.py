import json
import logging
from datetime import UTC, datetime

from pipeline.events import logged_to, tell


def test_an_event_is_a_line_of_json(tmp_path):
    path = tmp_path / "run.log"
    tell("before", scene="a")
    with logged_to(path):
        assert not path.exists()
        tell("tile", scene="größe", tile=[1, 2], seconds=0.5)
        tell("two\nlines", reason='"quoted"')
    tell("after", scene="a")
    with logged_to(path):
        tell("again")
    first, second, third = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert abs((datetime.now(UTC) - datetime.fromisoformat(first.pop("time"))).total_seconds()) < 60
    assert first == {"what": "tile", "scene": "größe", "tile": [1, 2], "seconds": 0.5}
    assert (second["what"], second["reason"]) == ("two\nlines", '"quoted"')
    assert third["what"] == "again"


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path, capsys):
    with logged_to(tmp_path / "missing" / "run.log"):
        tell("tile", scene="a")
    assert capsys.readouterr().err == ""


def test_other_loggers_see_nothing(tmp_path, caplog):
    with caplog.at_level(logging.INFO), logged_to(tmp_path / "run.log"):
        tell("tile", scene="a")
    assert not logging.getLogger("aerialseg").propagate
