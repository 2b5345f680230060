"""What happens in a run, as events: a line each in run.log, and on the terminal for whoever wants them."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

_logger = logging.getLogger("aerialseg")
_logger.propagate = False
_logger.setLevel(logging.INFO)
# Without a file that is open for them, events go nowhere.
_logger.addHandler(logging.NullHandler())


def tell(what: str, **details: object) -> None:
    """Note an event.

    Args:
        what: happened, in a word or two.
        details: of it, such as scene, tile, worker, seconds; must be known to JSON.
    """
    _logger.info(what, extra={"details": details})


@contextmanager
def logged_to(path: Path, scene: str) -> Iterator[None]:
    """Append every event of a scene to a file, a JSON object a line; the file is made with the first event.

    Scenes may run at the same time, each with a file of its own.
    """
    handler = _File(path, encoding="utf-8", delay=True)
    handler.setFormatter(_Lines())
    handler.addFilter(lambda record: _details(record).get("scene") == scene)
    _logger.addHandler(handler)
    try:
        yield
    finally:
        _logger.removeHandler(handler)
        handler.close()


def show_events() -> None:
    """Show every event on stderr, above the progress bar."""
    _logger.addHandler(_Terminal())


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, "what": record.getMessage(), **_details(record)}, ensure_ascii=False)


class _File(logging.FileHandler):
    def emit(self, record: logging.LogRecord) -> None:
        # A full disk, or a folder that is gone, is told by whoever writes what matters.
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - as logging has it
        """Say nothing, for the same reason."""


class _Terminal(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        details = "  ".join(f"{name}={json.dumps(value)}" for name, value in _details(record).items())
        with suppress(OSError):
            tqdm.write(
                f"{datetime.fromtimestamp(record.created).astimezone():%H:%M:%S} {record.getMessage()}  {details}",
                sys.stderr,
            )


def _details(record: logging.LogRecord) -> dict[str, Any]:
    return dict(getattr(record, "details", {}))
