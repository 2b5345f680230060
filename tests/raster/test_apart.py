"""The other process that looks at rasters first: it may hang, crash or be killed, and this one goes on."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError, ResourceError
from pipeline.raster import answers, apart
from pipeline.raster.apart import Looker
from pipeline.raster.look import look_at

DEFAULTS = InputConfig()


@pytest.fixture
def looker():
    one = Looker()
    yield one
    one.close()


@pytest.fixture
def stalling(tmp_path):
    """Give a VRT over a pipe that nobody writes to: whoever opens it waits for ever."""
    os.mkfifo(tmp_path / "pipe.tif")
    path = tmp_path / "stalls.vrt"
    path.write_text(
        '<VRTDataset rasterXSize="4" rasterYSize="4"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="1">pipe.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return path


def test_a_good_file_passes_and_one_process_serves_all(looker, make_raster, ramp):
    path = make_raster(ramp())
    looker.ask(path, DEFAULTS, None, None)
    first = looker._process.pid
    for _ in range(20):
        looker.ask(path, InputConfig(bands=(1,), nodata="nan"), Box(0, 0, 5, 5), None)
    assert looker._process.pid == first


def test_a_refusal_is_that_of_a_look_here(looker, make_raster, ramp, tmp_path):
    (tmp_path / "text.tif").write_text("nothing")
    path = make_raster(ramp())
    for words in ((tmp_path / "text.tif", DEFAULTS, None, None), (path, InputConfig(bands=(7,)), None, None)):
        with pytest.raises(InputError) as here:
            look_at(*words)
        with pytest.raises(InputError) as there:
            looker.ask(*words)
        assert str(here.value) == str(there.value)
    with pytest.raises(InputError, match="the window lies outside"):
        looker.ask(path, DEFAULTS, Box(99, 99, 100, 100), None)
    with pytest.raises(InputError, match="no transform"):
        looker.ask(path, DEFAULTS, None, (0.0, 0.0, 1.0, 1.0))


def test_a_file_that_stalls_is_given_up(looker, stalling, make_raster, ramp):
    good = make_raster(ramp())
    looker.ask(good, DEFAULTS, None, None)
    process, started = looker._process, time.monotonic()
    with pytest.raises(InputError, match=r"stalls\.vrt: did not answer within 1 s of being opened"):
        looker.ask(stalling, DEFAULTS, None, None, seconds=1)
    assert time.monotonic() - started < 5
    assert process.poll() is not None
    looker.ask(good, DEFAULTS, None, None)


def test_a_process_that_others_keep_from_working_has_longer(looker, stalling, make_raster, ramp, monkeypatch):
    looker.ask(make_raster(ramp()), DEFAULTS, None, None)
    asked = []
    monkeypatch.setattr(answers, "_is_running", lambda _: not asked.append(1))
    started = time.monotonic()
    with pytest.raises(InputError, match="did not answer"):
        looker.ask(stalling, DEFAULTS, None, None, seconds=1)
    assert time.monotonic() - started > 2.9
    assert 2 <= len(asked) <= 5
    # One that has had the processor all the time has not.
    ticks = iter(range(99))
    monkeypatch.setattr(answers, "_processor_seconds", lambda _: next(ticks))
    started = time.monotonic()
    with pytest.raises(InputError, match="did not answer"):
        looker.ask(stalling, DEFAULTS, None, None, seconds=1)
    assert time.monotonic() - started < 2.9


def test_a_file_that_crashes_the_reader_is_named(looker, stalling, make_raster, ramp):
    good = make_raster(ramp())
    looker.ask(good, DEFAULTS, None, None)
    crash = threading.Timer(0.5, os.kill, (looker._process.pid, signal.SIGSEGV))
    crash.start()
    with pytest.raises(InputError, match=r"stalls\.vrt: crashed the reader \(SIGSEGV\)"):
        looker.ask(stalling, DEFAULTS, None, None)
    crash.join()
    looker.ask(good, DEFAULTS, None, None)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_who_ends_between_two_files_is_blamed_on_neither(looker, make_raster, ramp, number):
    good = make_raster(ramp())
    looker.ask(good, DEFAULTS, None, None)
    looker._process.send_signal(number)
    looker._process.wait()
    looker.ask(good, DEFAULTS, None, None)


def test_an_interrupted_question_leaves_no_answer_for_the_next(looker, make_raster, ramp, tmp_path, monkeypatch):
    good, bad = make_raster(ramp()), tmp_path / "bad.tif"
    bad.write_text("nothing")
    looker.ask(good, DEFAULTS, None, None)
    with monkeypatch.context() as patch:
        patch.setattr(apart, "read_line", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            looker.ask(bad, DEFAULTS, None, None)
    looker.ask(good, DEFAULTS, None, None)


def test_threads_share_it(looker, make_raster, ramp, tmp_path):
    good, bad = make_raster(ramp()), tmp_path / "bad.tif"
    bad.write_text("nothing")
    wrong = []

    def ask(path, *, right):
        for _ in range(20):
            try:
                looker.ask(path, DEFAULTS, None, None)
            except InputError:
                if right:
                    wrong.append(path)
            else:
                if not right:
                    wrong.append(path)

    threads = [threading.Thread(target=ask, args=(path,), kwargs={"right": path == good}) for path in (good, bad) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_no_other_process_to_be_had(looker, make_raster, ramp, monkeypatch):
    path = make_raster(ramp())
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(ResourceError, match="cannot be started"):
        looker.ask(path, DEFAULTS, None, None)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ResourceError, match="cannot be started"):
        looker.ask(path, DEFAULTS, None, None)


def test_modules_beside_the_user_are_not_imported(looker, make_raster, ramp, tmp_path, monkeypatch):
    path = make_raster(ramp())
    for name in ("json", "numpy", "rasterio"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('taken')")
    monkeypatch.chdir(tmp_path)
    looker.ask(path, DEFAULTS, None, None)


_PARENT = """
import sys, threading, time
from pipeline.config import InputConfig
from pipeline.raster import answers, apart
answers._is_running = lambda _: True
threading.Thread(target=apart._looker.ask, args=(sys.argv[1], InputConfig(), None, None), kwargs={"seconds": 1}).start()
while apart._looker._process is None:
    time.sleep(0.01)
time.sleep(float(sys.argv[2]))
print(apart._looker._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("stalls", "patience"), [(False, 3), (True, 9)])
def test_it_does_not_outlive_a_parent_that_is_killed(make_raster, ramp, stalling, stalls, patience):
    path = stalling if stalls else make_raster(ramp())
    words = [sys.executable, "-c", _PARENT, str(path), "1.5" if stalls else "0.6"]
    parent = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    child = int(parent.stdout.readline())
    assert _runs(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + patience
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A container may have nobody who buries orphans.
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"
