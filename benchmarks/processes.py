"""The worker processes of a run, found from outside."""

from contextlib import suppress

import psutil


def workers_of(pid: int) -> list[psutil.Process]:
    """List a process's workers: the children of the one that they are forked from."""
    found = []
    with suppress(psutil.Error):
        for child in psutil.Process(pid).children():
            # One that has ended meanwhile is none.
            with suppress(psutil.Error):
                if "forkserver" in " ".join(child.cmdline()):
                    found += child.children()
    return found
