"""Another process's answers, line by line, within a time."""

import os
import selectors
import subprocess
import time
from contextlib import suppress
from signal import Signals

import psutil

from pipeline.raster.looker import STARVED


class GoneError(Exception):
    """The process has ended in place of an answer."""


class LateError(Exception):
    """The process has not answered in time."""


def read_line(process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Read a line of a process's answers.

    Args:
        process: made with a pipe for what it says.
        seconds: that it has; longer where other programs keep it from working.

    Raises:
        GoneError: it has ended.
        LateError: it has not answered in time.
    """
    assert process.stdout is not None  # noqa: S101 - made with pipes
    started, text, used = time.monotonic(), b"", _processor_seconds(process)
    until = started + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not text.endswith(b"\n"):
            if not selector.select(max(until - time.monotonic(), 0)):
                starved = _processor_seconds(process) - used < seconds / 2 and _is_running(process)
                if time.monotonic() >= started + seconds * STARVED or not starved:
                    raise LateError
                until += seconds / 2
                continue
            more = os.read(process.stdout.fileno(), 2**16)
            if not more:
                raise GoneError
            text += more
    return text


def _processor_seconds(process: subprocess.Popen[bytes]) -> float:
    with suppress(psutil.Error):
        used = psutil.Process(process.pid).cpu_times()
        return float(used.user + used.system)
    return 0.0


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process would go on if other programs let it; it does not where it waits for a disk or a server."""
    with suppress(psutil.Error):
        return bool(psutil.Process(process.pid).status() == psutil.STATUS_RUNNING)
    return False


def tell_end(code: int | None) -> str:
    """Say in words how a process has ended, of which no exit code may be known."""
    if code is not None and code < 0:
        with suppress(ValueError):
            return Signals(-code).name
    return "no word why" if code is None else f"exit code {code}"
