import subprocess
import sys
import time

import pytest

from pipeline.errors import OutputError
from pipeline.run.lock import check_free, locked

HOLD = """
import subprocess, sys, time
from pathlib import Path
from pipeline.run.lock import locked
with locked(Path(sys.argv[1])):
    if sys.argv[2] == "child":
        subprocess.Popen(["sleep", "20"], stdout=subprocess.DEVNULL)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Give a function that starts a process which holds the folder, and has a child if wanted."""
    started = []

    def start(*, child=False):
        words = [sys.executable, "-c", HOLD, str(tmp_path), "child" if child else "alone"]
        process = subprocess.Popen(words, stdout=subprocess.PIPE)  # noqa: S603 - our own
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_second_run_is_refused_while_the_first_is_alive(tmp_path, holder):
    process = holder()
    with pytest.raises(OutputError, match=r"another run is writing there; wait"), locked(tmp_path):
        pass
    with pytest.raises(OutputError, match="another run"):
        check_free(tmp_path)
    process.kill()
    process.wait()
    check_free(tmp_path)
    with locked(tmp_path):
        pass


def test_what_a_dead_run_started_holds_nothing(tmp_path, holder):
    process = holder(child=True)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with locked(tmp_path):
                return
        except OutputError:
            time.sleep(0.1)
    pytest.fail("still held")


def test_nothing_is_left(tmp_path):
    folder = tmp_path / "a/b"
    check_free(folder)
    assert not folder.exists()
    with locked(folder):
        assert (folder / ".lock").exists()
    assert not list(folder.iterdir())


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "a").touch()
    with (
        pytest.raises(OutputError, match=r"a: cannot be written to \(.*\); make it writable"),
        locked(tmp_path / "a"),
    ):
        pass
