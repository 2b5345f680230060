import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import OutputError
from pipeline.files import replacing, sweep, write_json, write_text


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_half(path, error):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise error


def test_what_was_written_takes_the_name(tmp_path):
    path = tmp_path / "new" / "a.txt"
    write_text(path, "größer")
    assert path.read_text(encoding="utf-8") == "größer"
    write_text(path, "second")
    assert path.read_text() == "second"
    assert names(path.parent) == ["a.txt"]


def test_the_temporary_file_lies_beside_and_keeps_the_suffix(tmp_path):
    path = tmp_path / "a.b.tif"
    with replacing(path) as temporary, replacing(path) as other:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".tif"
        assert temporary != other
        temporary.write_text("first")
        other.write_text("second")
    assert path.read_text() == "first"
    assert names(tmp_path) == ["a.b.tif"]


def test_the_name_appears_at_the_end_only(tmp_path):
    path = tmp_path / "a.txt"
    with replacing(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        temporary.write_text("whole")
    assert path.read_text() == "whole"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [None, "old"])
def test_an_error_leaves_what_was_there(tmp_path, error, before):
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_text(before)
    with pytest.raises(error):
        write_half(path, error)
    assert names(tmp_path) == ([] if before is None else ["a.txt"])
    assert before is None or path.read_text() == before


def test_a_block_that_wrote_nothing_is_an_error_and_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(OutputError, match="No such file"), replacing(path):
        pass
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.txt"]


def test_a_full_disk_at_the_last_moment_leaves_nothing_half(tmp_path, monkeypatch):
    def full(_number):
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.txt"
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"a\.txt: cannot be written \(No space left on device\); "):
        write_text(path, "text")
    assert names(tmp_path) == []


def test_only_what_killed_processes_left_is_swept(tmp_path):
    kept = ["a.tif", ".hidden", ".a.12.tif", ".work-0123456789ab", ".a.tif.part"]
    for name in kept:
        (tmp_path / name).touch()
    with replacing(tmp_path / "b.gpkg") as temporary:
        for name in (temporary.name, f"{temporary.name}-journal", f"{temporary.name}.aux.xml"):
            (tmp_path / name).touch()
        (tmp_path / ".c.7.0123abcd").touch()
        sweep(tmp_path)
        assert names(tmp_path) == sorted(kept)
        temporary.touch()
    sweep(tmp_path / "not there")


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text('ab [],"\n\\{}ß')
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text("k[]\n "), inner))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES)
def test_json_is_read_back_to_the_same(tmp_path, value):
    write_json(tmp_path / "a.json", value)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == value


def test_json_has_short_lists_on_one_line(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"a": [1, 2.5, -3], "b": [{"c": [[1, 2], ["x", "y z"]]}], "d": []})
    assert path.read_text().splitlines() == [
        "{",
        ' "a": [1, 2.5, -3],',
        ' "b": [',
        "  {",
        '   "c": [',
        "    [1, 2],",
        '    ["x", "y z"]',
        "   ]",
        "  }",
        " ],",
        ' "d": []',
        "}",
    ]
