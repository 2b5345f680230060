"""Ctrl-C: once to end what runs and stop, twice to stop at once. A batch system's SIGTERM stops at once."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SAYS = b"\nending the tiles that run, then stopping; press Ctrl-C again to stop at once\n"
# What a shell says of a process that a signal ended.
_ENDED_BY = 128


class Halt:
    """Set when some scenes are to be left, or when the whole run is to stop."""

    def __init__(self, stop: threading.Event) -> None:
        """Look at `stop` too, which is set when the run is to stop."""
        self._own, self._run = threading.Event(), stop

    def set(self) -> None:
        """Have these scenes left; others of the run may follow."""
        self._own.set()

    def is_set(self) -> bool:
        """Tell whether either is so."""
        return self._own.is_set() or self._run.is_set()


@contextmanager
def stop_wanted() -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C sets; the second raises KeyboardInterrupt, SIGTERM and SIGHUP SystemExit.

    What ignores a signal, as under nohup, goes on ignoring it. In other threads than the main one nothing is changed.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        # Not by way of sys.stderr, which may be in the middle of a line.
        os.write(2, _SAYS)

    def terminate(number: int, _frame: FrameType | None) -> NoReturn:
        sys.exit(_ENDED_BY + number)

    wanted = {signal.SIGINT: interrupt, signal.SIGTERM: terminate, signal.SIGHUP: terminate}
    before = {number: signal.getsignal(number) for number in wanted}
    for number, handler in wanted.items():
        if before[number] != signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield stop
    finally:
        for number, earlier in before.items():
            if earlier is not None:
                signal.signal(number, earlier)
