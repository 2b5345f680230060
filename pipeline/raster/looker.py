"""`python -m pipeline.raster.looker`: looks at rasters for another process, which lives on if a file kills this one.

It takes a line of JSON per raster and answers with one; it ends when nobody asks any more.
"""

import json
import os
import select
import signal
import sys
from contextlib import suppress
from typing import TextIO

from pydantic import TypeAdapter

from pipeline.box import Box
from pipeline.config import InputConfig
from pipeline.errors import InputError
from pipeline.raster.dataset import close_all
from pipeline.raster.look import look_at

IDLE = 10.0
"""Seconds without a question after which it ends; memory is better used by a run."""

READY = "ready"
"""The first line of its answers."""

STARVED = 3
"""So many times longer a raster may take where other programs take the processor."""

_MOST_BYTES = 8 * 2**30
# So much longer than the asking process it waits before it ends itself, in case that process is no more.
_GRACE = 2

_NO_PROXY = {key: value for key, value in os.environ.items() if key.lower() == "no_proxy"}


def main() -> None:
    """Answer until the asking process is gone, or has been silent for a while."""
    # What libraries print must not get among the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit()
    _say(answers, READY)
    while select.select([sys.stdin.buffer], [], [], IDLE)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        _say(answers, _answer(json.loads(line)))


def _answer(question: dict[str, object]) -> dict[str, object]:
    """Look at one raster; the answer has what is wrong with it, None if nothing."""
    window = question["window"]
    if question["remote"]:
        os.environ.update(_NO_PROXY)
    else:
        # With it a file would reach servers that it may not.
        for key in _NO_PROXY:
            os.environ.pop(key, None)
    # The system ends this process when it hangs in a library, even if nobody is left to do it.
    _alarm(int(str(question["seconds"])) * STARVED + _GRACE)
    try:
        look_at(
            str(question["path"]),
            InputConfig.model_validate_json(str(question["config"])),
            None if window is None else TypeAdapter(Box).validate_python(window),
            question["bounds"],  # type: ignore[arg-type]
        )
    except InputError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"broke": "it takes too much memory to open"}
    except Exception as error:  # noqa: BLE001 - whatever a library says of a file that nobody vouches for
        return {"broke": f"{type(error).__name__}: {error}"}
    finally:
        close_all()
        _alarm(0)
    return {}


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit() -> None:
    """Bound this process's memory, where the system can."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MOST_BYTES if most == resource.RLIM_INFINITY else min(_MOST_BYTES, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
        # A crash is told in words; nobody wants its gigabytes of core.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(answers: TextIO, content: object) -> None:
    answers.write(json.dumps(content) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
