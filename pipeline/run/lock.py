"""Two runs never write to one place at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import OutputError


@contextmanager
def locked(folder: Path, name: str = ".lock") -> Iterator[None]:
    """Hold a folder, which is made if need be, for this process alone while the block runs.

    A process that dies holds nothing any more, and what it starts holds nothing either.

    Args:
        folder: where the lock lies.
        name: of the lock's file; another one is another lock.

    Raises:
        OutputError: another run holds it, or it cannot be written to.
    """
    path = folder / name
    # Not a thread's: the steps of a scene are done by several.
    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise OutputError(
            f"{folder}: another run is writing there; wait for its end, or choose another --out"
        ) from None
    except OSError as error:
        why = f"cannot be written to ({error.strerror})"
        raise OutputError(f"{folder}: {why}; make it writable, or choose another folder") from None
    try:
        yield
    finally:
        # While it is held: whoever waits for it finds that it is gone, and makes another.
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


def check_free(folder: Path) -> None:
    """Refuse a folder that another run holds; one that is not there is free.

    Raises:
        OutputError: another run holds it.
    """
    if (folder / ".lock").exists():
        with locked(folder):
            pass


def beside(folder: Path) -> tuple[Path, str]:
    """Return where the lock of a folder lies that may be removed while it is held, and what it is called."""
    return folder.parent, f".{folder.name.lstrip('.')}.lock"
