"""A command that is measured, and what it prints."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.figures import Figures, measure

ROOT = Path(__file__).parents[2]
_TAIL = 1500
# Who has installed the program has it as bytecode; compiling it anew in every process takes seconds.
_ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}


class CommandError(RuntimeError):
    """A command failed; says which, and the end of what it printed."""


def run(words: Sequence[str]) -> tuple[Figures, str]:
    """Run and measure a command; return its figures and what it printed, errors included.

    Args:
        words: of the command. Modules of this project are found whichever way it is installed.

    Raises:
        CommandError: it failed.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        try:
            figures = measure(words, environment=_ENVIRONMENT, log=log)
        except subprocess.CalledProcessError as error:
            raise CommandError(f"{Path(words[0]).name} ended with {error.returncode}: {_read(log)[-_TAIL:]}") from None
        return figures, _read(log)


def _read(log: Any) -> str:  # noqa: ANN401 - a temporary file has no public type
    log.seek(0)
    return str(log.read())
