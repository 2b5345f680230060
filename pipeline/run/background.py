"""Functions in threads of their own, or at once: either way a future tells how they ended."""

import threading
from collections.abc import Callable
from concurrent.futures import Future


def in_background(function: Callable[[], None]) -> Future[None]:
    """Run a function in a thread that does not keep the program from ending."""
    future: Future[None] = Future()

    def run() -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=run, name="scene", daemon=True).start()
    return future


def at_once(function: Callable[[], None]) -> Future[None]:
    """Run a function here; what would end the program does so."""
    future: Future[None] = Future()
    try:
        function()
    except Exception as error:  # noqa: BLE001 - as above
        future.set_exception(error)
    else:
        future.set_result(None)
    return future
